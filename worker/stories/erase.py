"""Erase an article and all with the same words from every table, and repair the stories that they leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worker.article import ChangeKind
from worker.errors import CopydeskError, RetryError
from worker.store import corrections, erasures, locks, reprocess, stories, translations
from worker.store.erasures import ErasableArticle
from worker.stories.correction_context import CorrectionContext
from worker.stories.divided_translations import remove_unsupported
from worker.stories.reunite import reunite

_LONGEST = "It is the longest of the copies that are left."


@dataclass
class Erased:
    """What was erased, and what is left that a person may want to erase too.

    ``contents`` are the SHA-256 of the removed bytes with the paths that they came by; ``unreadable`` the articles that
    were in the same bytes, which keep their texts but can't be processed again; ``near`` other texts of the stories.
    """

    articles: list[int]
    stories: list[int]
    unreadable: list[int]
    near: list[int] = field(default_factory=list)
    gone_stories: list[int] = field(default_factory=list)
    contents: dict[bytes, list[bytes]] = field(default_factory=dict)


def erase(context: CorrectionContext, article_id: int) -> Erased:
    """Erase an article and its exact copies under the placement lock; the caller removes the bytes.

    Raises:
        CopydeskError: there is no such article.
        RetryError: a file with the same bytes is being processed.
    """
    connection = context.connection
    locks.lock_placement(connection)
    erasable = erasures.with_same_words(connection, article_id)
    if not erasable:
        raise CopydeskError(f"There is no article {article_id}. `copydesk story ID` lists a story's articles.")
    contents = erasures.paths(connection, erasable)
    if erasures.in_work(connection, contents):
        raise RetryError("A file with the same bytes is waiting or being processed. Erase the article when it is done.")
    touched = sorted({article.story_id for article in erasable})
    erased = Erased(
        [article.id for article in erasable], touched, erasures.others_of_files(connection, erasable), contents=contents
    )
    erasures.record(connection, erasable, context.storable_note)
    erasures.remove(connection, erasable)
    erasures.update_ledger(connection, erasable)
    with stories.reporting_translations(connection, touched):
        erased.gone_stories = erasures.delete_empty_stories(connection, touched)
    changes = [stories.StoryChange(ChangeKind.ERASED, article.story_id, article.id) for article in erasable]
    left = [story for story in touched if story not in erased.gone_stories]
    erased.near = sorted(text for story in left for text in corrections.texts(connection, story))
    changes += _repair(context, left, erasable)
    stories.record_changes(connection, changes)
    with stories.reporting_translations(connection, left):
        remove_unsupported(connection, translations.linked(connection, left))
    reunite(context, left)
    return erased


def _repair(
    context: CorrectionContext, left: Sequence[int], erasable: Sequence[ErasableArticle]
) -> list[stories.StoryChange]:
    """Give the stories that are left their canonical articles, counts and keys; return the changes."""
    connection = context.connection
    reprocess.delete_keys(connection, left, {key for article in erasable for key in article.sketch})
    without = reprocess.stories_without_canonical(connection, left)
    stories.set_canonical(connection, {story: (article, _LONGEST) for story, article in without.items()})
    changes = [stories.StoryChange(ChangeKind.CANONICAL, story, article) for story, article in sorted(without.items())]
    stories.recount(connection, left)
    copies = stories.different_texts(connection, list(without))
    return changes + context.update_canonicals(left, frozenset(text.id for texts in copies.values() for text in texts))
