"""Apply an editor's corrections: merge, split, pin; update the canonical articles, record the changes.

Runs under the placement lock. `assign` reads later which stories must not be joined; `reprocess`, also which must be.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from worker.article import ChangeKind, CorrectionKind, Decider, Relation
from worker.errors import CopydeskError
from worker.match import evidence, reason, verdict
from worker.store import articles, corrections, locks, pins, sketches, stories, withdrawals
from worker.store.corrections import MovableArticle
from worker.store.links import Link
from worker.store.read.stories import story as read_story
from worker.stories.candidates import FeatureCache
from worker.stories.related import link_separated
from worker.stories.update_canonical import update_canonicals

_ONE_TEXT = "It is the first of the copies that are left."


@dataclass(frozen=True, slots=True)
class CorrectionContext:
    """The transaction of a correction, its reason, and the name of the token that it is made with.

    ``preferred_sources`` are those of the settings, for the choice of canonical articles.
    """

    connection: Connection
    note: str | None = None
    preferred_sources: Sequence[str] = ()
    made_by: str | None = None
    cache: FeatureCache = field(default_factory=FeatureCache)

    @property
    def storable_note(self) -> str | None:
        """The note without what can't be stored: bytes that are not text, which a shell passes on, are replaced."""
        return (self.note or "").encode("utf-8", "replace").decode().replace("\x00", " ").strip()[:1000] or None


def merge(context: CorrectionContext, first: int, second: int) -> int:
    """Merge two stories and withdraw the corrections that separated them. Return the smaller id, which remains.

    Raises:
        CopydeskError: a story does not exist, or they are the same story.
    """
    connection = context.connection
    locks.lock_placement(connection)
    kept, dead = sorted(_live(connection, story) for story in (first, second))
    if kept == dead:
        raise CopydeskError(f"{first} and {second} are the same story ({kept}) already.")
    canonicals = stories.canonicals(connection, (kept, dead))
    moved = frozenset(corrections.texts(connection, dead))
    corrections.withdraw(connection, kept, dead, same=False)
    pair = [canonicals[dead][0]], [canonicals[kept][0]]
    _record(context, CorrectionKind.MERGE, *pair, same=True)
    stories.merge(connection, {dead: kept})
    stories.recount(connection, [kept])
    corrections.restore_links(connection, kept)
    _explain(context, canonicals[dead][0], canonicals[kept][0])
    changes = _update_canonicals(context, [kept], moved)
    stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead), *changes])
    return kept


def split(context: CorrectionContext, article_id: int) -> int:
    """Move an article and its exact copies to a new story that never joins the old one again. Return its id.

    Raises:
        CopydeskError: the article does not exist, or is alone in its story.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    moved = _move_out(context, article)
    # each pair: exact copies may be separated from each other later, and take part in other merges
    left = corrections.members(connection, article.story_id)
    corrections.record(
        connection,
        CorrectionKind.SPLIT,
        moved.ids,
        left,
        same=False,
        note=context.storable_note,
        made_by=context.made_by,
    )
    stories.record_changes(connection, moved.changes)
    return moved.story


def not_a_copy(context: CorrectionContext, article_id: int, other_id: int) -> int:
    """Forbid two articles to be in one story; the first leaves if they are. Return the story of the first.

    Raises:
        CopydeskError: an article does not exist, or they have the same words.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article, other = _article(connection, article_id), _article(connection, other_id)
    if article.id == other.id or article.text_hash == other.text_hash:
        raise CopydeskError(f"Articles {article_id} and {other_id} have the same words: one is a copy of the other.")
    # what holds for an article holds for those with the same words, which leave with it
    first, second = ([a.id for a in corrections.same_words(connection, side)] for side in (article, other))
    story = article.story_id
    if story == other.story_id:
        moved = _move_out(context, article)
        story = moved.story
        stories.record_changes(connection, moved.changes)
    corrections.record(
        connection,
        CorrectionKind.NOT_A_COPY,
        first,
        second,
        same=False,
        note=context.storable_note,
        made_by=context.made_by,
    )
    return story


def pin(context: CorrectionContext, article_id: int) -> int:
    """Make an article the canonical one of its story, whatever arrives later. Return its story.

    Of several pinned articles in a story the one pinned last is canonical.

    Raises:
        CopydeskError: the article does not exist, or its provider withdrew it.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    if withdrawals.is_withdrawn(connection, article.id):
        raise CopydeskError(f"Article {article_id} was withdrawn by its provider, so it can't be the canonical one.")
    pins.set_pinned(connection, article.id)
    corrections.record_alone(connection, CorrectionKind.PIN, article.id, context.storable_note, context.made_by)
    _choose_again(context, article.story_id)
    return article.story_id


def unpin(context: CorrectionContext, article_id: int) -> int:
    """Remove the pin of an article, so that its story's canonical article is chosen again. Return its story.

    Raises:
        CopydeskError: the article does not exist, or is not pinned.
    """
    connection = context.connection
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    if not pins.remove(connection, article.id):
        raise CopydeskError(f"Article {article_id} is not pinned.")
    corrections.record_alone(connection, CorrectionKind.UNPIN, article.id, context.storable_note, context.made_by)
    canonical, _ = stories.canonicals(connection, [article.story_id])[article.story_id]
    stories.set_canonical(connection, {article.story_id: (canonical, None)})  # the reason was the pin
    _choose_again(context, article.story_id)
    return article.story_id


def _record(
    context: CorrectionContext, kind: CorrectionKind, first: Sequence[int], second: Sequence[int], *, same: bool
) -> None:
    corrections.record(
        context.connection, kind, first, second, same=same, note=context.storable_note, made_by=context.made_by
    )


def _choose_again(context: CorrectionContext, story: int) -> None:
    """Choose the canonical article among all texts of a story, however many they are, and record the change."""
    texts = frozenset(corrections.texts(context.connection, story))
    stories.record_changes(context.connection, _update_canonicals(context, [story], texts))


def _update_canonicals(
    context: CorrectionContext, changed: list[int], newly_joined: frozenset[int]
) -> list[stories.StoryChange]:
    return update_canonicals(
        context.connection,
        context.cache,
        changed,
        newly_joined=newly_joined,
        preferred_sources=context.preferred_sources,
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """A new story, the articles that were moved to it, and the changes."""

    story: int
    ids: list[int]
    changes: list[stories.StoryChange]


def _move_out(context: CorrectionContext, article: MovableArticle) -> _Moved:
    """Move an article and its exact copies to a new story, and update both stories."""
    connection = context.connection
    old = article.story_id
    moved = corrections.same_words(connection, article)
    size = len(corrections.members(connection, old))
    if len(moved) == size:
        moved = [article]  # all of the story has these words: then only this article is meant
    if len(moved) == size:
        raise CopydeskError(f"Article {article.id} is alone in story {old} already.")
    [new] = articles.take_ids(connection, "stories", 1)
    first = moved[0]
    stories.create(
        connection, [stories.NewStory(new, first.id, first.title, first.language, first.seen_at, first.seen_at)]
    )
    ids = [copy.id for copy in moved]
    corrections.move(connection, ids, new)
    # several of them may have been texts, if stories were merged
    stories.set_relations(connection, dict.fromkeys(ids, (Relation.EXACT, 1.0)) | {first.id: (Relation.ORIGINAL, 1.0)})
    sketches.insert_keys(connection, first.sketch, new)
    corrections.overrule_links(connection, ids, old)
    kinds = [ChangeKind.SPLIT, *[ChangeKind.MOVED] * (len(ids) - 1)]
    changes = [stories.StoryChange(kind, new, copy, other_story_id=old) for kind, copy in zip(kinds, ids, strict=True)]
    if stories.canonicals(connection, [old])[old][0] in ids:
        changes.append(_new_canonical(connection, old))
    stories.recount(connection, [old, new])
    # of both: a pinned article may have left or stayed
    changes += _update_canonicals(context, [old, new], frozenset(corrections.texts(connection, old)))
    link_separated(connection, context.cache, first.id, stories.canonicals(connection, [old])[old][0])
    return _Moved(new, ids, changes)


def _new_canonical(connection: Connection, story: int) -> stories.StoryChange:
    """Make the first remaining text canonical until `update_canonicals` chooses."""
    first = corrections.texts(connection, story)[0]
    stories.set_canonical(connection, {story: (first, _ONE_TEXT)})
    stories.set_relations(connection, {first: (Relation.ORIGINAL, 1.0)})
    # an exact copy has no keys in the index yet; with other capitals they differ from those of the text that left
    sketches.insert_keys(connection, _article(connection, first).sketch, story)
    return stories.StoryChange(ChangeKind.CANONICAL, story, first)


def _explain(context: CorrectionContext, article: int, other: int) -> None:
    """Store the evidence on two articles that a person joined, whatever its verdict."""
    features = context.cache.get(context.connection, [article, other])
    numbers = evidence(features[article], features[other])
    result = verdict(numbers)
    link = Link(
        article,
        other,
        True,
        result.relation,
        result.similarity,
        reason(result),
        numbers._asdict(),
        decided_by=Decider.PERSON,
        overridden=not result.same,
    )
    articles.insert_match_decisions(context.connection, [link])


def _live(connection: Connection, story_id: int) -> int:
    story = read_story(connection, story_id, 1)
    if story is None:
        raise CopydeskError(f"There is no story {story_id}. `copydesk stories` lists them.")
    return story.id


def _article(connection: Connection, article_id: int) -> MovableArticle:
    article = corrections.article(connection, article_id)
    if article is None:
        raise CopydeskError(f"There is no article {article_id}. `copydesk story ID` lists a story's articles.")
    return article
