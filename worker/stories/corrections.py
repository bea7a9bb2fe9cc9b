"""Apply an editor's corrections: merge, split, pin; update the canonical articles, record the changes.

Runs under the placement lock. `assign` reads later which stories must not be joined; `reprocess`, also which must be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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


def merge(
    connection: Connection,
    cache: FeatureCache,
    first: int,
    second: int,
    note: str | None = None,
    *,
    preferred_sources: Sequence[str] = (),
    made_by: str | None = None,
) -> int:
    """Merge two stories and withdraw the corrections that separated them. Return the smaller id, which remains.

    Raises:
        CopydeskError: a story does not exist, or they are the same story.
    """
    locks.lock_placement(connection)
    kept, dead = sorted(_live(connection, story) for story in (first, second))
    if kept == dead:
        raise CopydeskError(f"{first} and {second} are the same story ({kept}) already.")
    canonicals = stories.canonicals(connection, (kept, dead))
    moved = frozenset(corrections.texts(connection, dead))
    corrections.withdraw(connection, kept, dead, same=False)
    pair = [canonicals[dead][0]], [canonicals[kept][0]]
    corrections.record(connection, CorrectionKind.MERGE, *pair, same=True, note=_storable(note), made_by=made_by)
    stories.merge(connection, {dead: kept})
    stories.recount(connection, [kept])
    corrections.restore_links(connection, kept)
    _explain(connection, cache, canonicals[dead][0], canonicals[kept][0])
    changes = update_canonicals(connection, cache, [kept], newly_joined=moved, preferred_sources=preferred_sources)
    stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead), *changes])
    return kept


def split(
    connection: Connection,
    cache: FeatureCache,
    article_id: int,
    note: str | None = None,
    *,
    preferred_sources: Sequence[str] = (),
    made_by: str | None = None,
) -> int:
    """Move an article and its exact copies to a new story that never joins the old one again. Return its id.

    Raises:
        CopydeskError: the article does not exist, or is alone in its story.
    """
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    moved = _move_out(connection, cache, article, preferred_sources)
    # each pair: exact copies may be separated from each other later, and take part in other merges
    left = corrections.members(connection, article.story_id)
    corrections.record(
        connection, CorrectionKind.SPLIT, moved.ids, left, same=False, note=_storable(note), made_by=made_by
    )
    stories.record_changes(connection, moved.changes)
    return moved.story


def not_a_copy(
    connection: Connection,
    cache: FeatureCache,
    article_id: int,
    other_id: int,
    note: str | None = None,
    *,
    preferred_sources: Sequence[str] = (),
    made_by: str | None = None,
) -> int:
    """Forbid two articles to be in one story; the first leaves if they are. Return the story of the first.

    Raises:
        CopydeskError: an article does not exist, or they have the same words.
    """
    locks.lock_placement(connection)
    article, other = _article(connection, article_id), _article(connection, other_id)
    if article.id == other.id or article.text_hash == other.text_hash:
        raise CopydeskError(f"Articles {article_id} and {other_id} have the same words: one is a copy of the other.")
    # what holds for an article holds for those with the same words, which leave with it
    first, second = ([a.id for a in corrections.same_words(connection, side)] for side in (article, other))
    story = article.story_id
    if story == other.story_id:
        moved = _move_out(connection, cache, article, preferred_sources)
        story = moved.story
        stories.record_changes(connection, moved.changes)
    corrections.record(
        connection, CorrectionKind.NOT_A_COPY, first, second, same=False, note=_storable(note), made_by=made_by
    )
    return story


def pin(
    connection: Connection,
    cache: FeatureCache,
    article_id: int,
    note: str | None = None,
    *,
    made_by: str | None = None,
) -> int:
    """Make an article the canonical one of its story, whatever arrives later. Return its story.

    Of several pinned articles in a story the one pinned last is canonical.

    Raises:
        CopydeskError: the article does not exist, or its provider withdrew it.
    """
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    if withdrawals.is_withdrawn(connection, article.id):
        raise CopydeskError(f"Article {article_id} was withdrawn by its provider, so it can't be the canonical one.")
    pins.set_pinned(connection, article.id)
    corrections.record_alone(connection, CorrectionKind.PIN, article.id, _storable(note), made_by)
    _choose_again(connection, cache, article.story_id)
    return article.story_id


def unpin(
    connection: Connection,
    cache: FeatureCache,
    article_id: int,
    note: str | None = None,
    *,
    preferred_sources: Sequence[str] = (),
    made_by: str | None = None,
) -> int:
    """Remove the pin of an article, so that its story's canonical article is chosen again. Return its story.

    Raises:
        CopydeskError: the article does not exist, or is not pinned.
    """
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    if not pins.remove(connection, article.id):
        raise CopydeskError(f"Article {article_id} is not pinned.")
    corrections.record_alone(connection, CorrectionKind.UNPIN, article.id, _storable(note), made_by)
    canonical, _ = stories.canonicals(connection, [article.story_id])[article.story_id]
    stories.set_canonical(connection, {article.story_id: (canonical, None)})  # the reason was the pin
    _choose_again(connection, cache, article.story_id, preferred_sources)
    return article.story_id


def _choose_again(
    connection: Connection, cache: FeatureCache, story: int, preferred_sources: Sequence[str] = ()
) -> None:
    """Choose the canonical article among all texts of a story, however many they are, and record the change."""
    texts = frozenset(corrections.texts(connection, story))
    stories.record_changes(
        connection,
        update_canonicals(connection, cache, [story], newly_joined=texts, preferred_sources=preferred_sources),
    )


@dataclass(frozen=True, slots=True)
class _Moved:
    """A new story, the articles that were moved to it, and the changes."""

    story: int
    ids: list[int]
    changes: list[stories.StoryChange]


def _move_out(
    connection: Connection, cache: FeatureCache, article: MovableArticle, preferred_sources: Sequence[str]
) -> _Moved:
    """Move an article and its exact copies to a new story, and update both stories."""
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
    changes += update_canonicals(
        connection,
        cache,
        [old, new],  # a pinned article may have left or stayed
        newly_joined=frozenset(corrections.texts(connection, old)),
        preferred_sources=preferred_sources,
    )
    link_separated(connection, cache, first.id, stories.canonicals(connection, [old])[old][0])
    return _Moved(new, ids, changes)


def _new_canonical(connection: Connection, story: int) -> stories.StoryChange:
    """Make the first remaining text canonical until `update_canonicals` chooses."""
    first = corrections.texts(connection, story)[0]
    stories.set_canonical(connection, {story: (first, _ONE_TEXT)})
    stories.set_relations(connection, {first: (Relation.ORIGINAL, 1.0)})
    # an exact copy has no keys in the index yet; with other capitals they differ from those of the text that left
    sketches.insert_keys(connection, _article(connection, first).sketch, story)
    return stories.StoryChange(ChangeKind.CANONICAL, story, first)


def _explain(connection: Connection, cache: FeatureCache, article: int, other: int) -> None:
    """Store the evidence on two articles that a person joined, whatever its verdict."""
    features = cache.get(connection, [article, other])
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
    articles.insert_match_decisions(connection, [link])


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


def _storable(note: str | None) -> str | None:
    """Return a note that can be stored: bytes that are not text, which a shell passes on, are replaced."""
    return (note or "").encode("utf-8", "replace").decode().replace("\x00", " ").strip()[:1000] or None
