"""Move articles out of a story into a new one, and give both stories their texts and canonical articles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from worker.article import ChangeKind, Relation
from worker.store import articles, corrections, sketches, stories
from worker.store.corrections import MovableArticle
from worker.stories.correction_context import CorrectionContext
from worker.stories.divided_translations import divide
from worker.stories.related import link_separated

_ONE_TEXT = "It is the first of the copies that are left."


@dataclass(frozen=True, slots=True)
class Separated:
    """A new story, the articles that were moved to it, those that are left in the old one, and the changes.

    The first of ``ids`` is the one that `separate` was called with, the first of ``left`` the canonical article.
    """

    story: int
    old_story: int
    ids: list[int]
    left: list[int]
    changes: list[stories.StoryChange]

    @property
    def canonical_left(self) -> int:
        """The canonical article of the old story."""
        return self.left[0]


def separate(context: CorrectionContext, moved: Sequence[MovableArticle], first: MovableArticle) -> Separated:
    """Move articles of one story, but not all of them, to a new one; ``first`` of them is canonical until it is chosen.

    The caller records the changes, and what keeps the stories apart.
    """
    connection, old = context.connection, first.story_id
    [new] = articles.take_ids(connection, "stories", 1)
    created = stories.NewStory(new, first.id, first.title, first.language, first.seen_at, first.seen_at)
    stories.create(connection, [created])
    ids = [first.id, *(article.id for article in moved if article.id != first.id)]
    corrections.move(connection, ids, new)
    relations = _relations(moved, first)
    stories.set_relations(connection, relations)
    _insert_keys(context, [article for article in moved if relations[article.id][0] != Relation.EXACT], new)
    _insert_keys(context, corrections.add_missing_texts(connection, [old]), old)
    corrections.overrule_links(connection, ids, old)
    kinds = [ChangeKind.SPLIT, *[ChangeKind.MOVED] * (len(ids) - 1)]
    changes = [stories.StoryChange(kind, new, copy, other_story_id=old) for kind, copy in zip(kinds, ids, strict=True)]
    if stories.canonicals(connection, [old])[old][0] in ids:
        changes.append(_new_canonical(context, old))
    stories.recount(connection, [old, new])
    # of both: a pinned article may have left or stayed
    texts = {*corrections.texts(connection, old), *corrections.texts(connection, new)}
    changes += context.update_canonicals([old, new], frozenset(texts))
    canonical_left = stories.canonicals(connection, [old])[old][0]
    link_separated(connection, context.cache, first.id, canonical_left)
    divide(connection, [(old, new)])
    left = [canonical_left, *(id_ for id_ in corrections.members(connection, old) if id_ != canonical_left)]
    return Separated(new, old, ids, left, changes)


def _relations(moved: Collection[MovableArticle], first: MovableArticle) -> dict[int, tuple[str, float]]:
    """Return the relation of each moved article until it is computed: one text for the same words, the others exact.

    Several of them may have been texts, if stories were merged.
    """
    relations: dict[int, tuple[str, float]] = {}
    known: set[bytes] = set()
    for article in sorted(moved, key=lambda a: (a.id != first.id, a.relation == Relation.EXACT, a.id)):
        words = bytes(article.text_hash)
        relations[article.id] = (Relation.EXACT if words in known else Relation.NEAR, 1.0)
        known.add(words)
    return relations | {first.id: (Relation.ORIGINAL, 1.0)}


def _insert_keys(context: CorrectionContext, texts: Sequence[MovableArticle], story: int) -> None:
    """Let a story be found by the keys of these texts: exact copies, with other capitals, had none of their own."""
    keys = [key for text in texts for key in text.sketch]
    sketches.insert_keys(context.connection, keys, np.full(len(keys), story))


def _new_canonical(context: CorrectionContext, story: int) -> stories.StoryChange:
    """Make the first remaining text canonical until it is chosen."""
    first = corrections.texts(context.connection, story)[0]
    stories.set_canonical(context.connection, {story: (first, _ONE_TEXT)})
    stories.set_relations(context.connection, {first: (Relation.ORIGINAL, 1.0)})
    return stories.StoryChange(ChangeKind.CANONICAL, story, first)
