"""Apply an editor's corrections: merge or split stories, update their canonical articles, record the changes.

Runs under the placement lock. `assign` reads later which stories must not be joined; `reprocess`, also which must be.
"""

from sqlalchemy import Connection

from worker.article import ChangeKind, CorrectionKind, Relation
from worker.errors import CopydeskError
from worker.match import evidence, reason, verdict
from worker.store import articles, corrections, locks, sketches, stories
from worker.store.corrections import MovableArticle
from worker.store.read.stories import story as read_story
from worker.stories.candidates import FeatureCache
from worker.stories.related import link_separated
from worker.stories.update_canonical import update_canonicals

_ONE_TEXT = "It is the first of the copies that are left."


def merge(connection: Connection, cache: FeatureCache, first: int, second: int, note: str | None = None) -> int:
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
    corrections.record(
        connection, CorrectionKind.MERGE, canonicals[dead][0], [canonicals[kept][0]], same=True, note=_storable(note)
    )
    stories.merge(connection, {dead: kept})
    stories.recount(connection, [kept])
    corrections.restore_links(connection, kept)
    _explain(connection, cache, canonicals[dead][0], canonicals[kept][0])
    changes = update_canonicals(connection, cache, [kept], newly_joined=moved)
    stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead), *changes])
    return kept


def split(connection: Connection, cache: FeatureCache, article_id: int, note: str | None = None) -> int:
    """Move an article and its exact copies to a new story that never joins the old one again. Return its id.

    Raises:
        CopydeskError: the article does not exist, or is alone in its story.
    """
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    new, changes = _move_out(connection, cache, article)
    corrections.record(
        connection,
        CorrectionKind.SPLIT,
        article.id,
        corrections.texts(connection, article.story_id),
        same=False,
        note=_storable(note),
    )
    stories.record_changes(connection, changes)
    return new


def not_a_copy(
    connection: Connection, cache: FeatureCache, article_id: int, other_id: int, note: str | None = None
) -> int:
    """Forbid two articles to be in one story; the first leaves if they are. Return the story of the first.

    Raises:
        CopydeskError: an article does not exist, or they have the same words.
    """
    locks.lock_placement(connection)
    article, other = _article(connection, article_id), _article(connection, other_id)
    if article.id == other.id or article.text_hash == other.text_hash:
        raise CopydeskError(f"Articles {article_id} and {other_id} have the same words: one is a copy of the other.")
    story = article.story_id
    if story == other.story_id:
        story, changes = _move_out(connection, cache, article)
        stories.record_changes(connection, changes)
    corrections.record(connection, CorrectionKind.NOT_A_COPY, article.id, [other.id], same=False, note=_storable(note))
    return story


def _move_out(
    connection: Connection, cache: FeatureCache, article: MovableArticle
) -> tuple[int, list[stories.StoryChange]]:
    """Move an article and its exact copies to a new story, and update both stories; return its id and the changes."""
    old = article.story_id
    moved = corrections.same_words(connection, article)
    if len(moved) == corrections.size(connection, old):
        moved = [article]  # all of the story has these words: then only this article is meant
    if len(moved) == corrections.size(connection, old):
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
    changes = [stories.StoryChange(ChangeKind.SPLIT, new, first.id, other_story_id=old)]
    if stories.canonicals(connection, [old])[old][0] in ids:
        changes.append(_new_canonical(connection, old))
    stories.recount(connection, [old, new])
    changes += update_canonicals(connection, cache, [old], newly_joined=frozenset(corrections.texts(connection, old)))
    link_separated(connection, cache, first.id, stories.canonicals(connection, [old])[old][0])
    return new, changes


def _new_canonical(connection: Connection, story: int) -> stories.StoryChange:
    """Make the first remaining text canonical until `update_canonicals` chooses."""
    first = corrections.texts(connection, story)[0]
    stories.set_canonical(connection, {story: (first, _ONE_TEXT)})
    stories.set_relations(connection, {first: (Relation.ORIGINAL, 1.0)})
    # an exact copy has no keys in the index yet; with other capitals they differ from those of the text that left
    sketches.insert_keys(connection, _article(connection, first).sketch, story)
    return stories.StoryChange(ChangeKind.CANONICAL, story, first)


def _explain(connection: Connection, cache: FeatureCache, article: int, other: int) -> None:
    """Store the evidence on two articles that a person joined."""
    features = cache.get(connection, [article, other])
    numbers = evidence(features[article], features[other])
    result = verdict(numbers)
    why = "a person joined them" + ("" if result.same else f", though {reason(result)}")
    link = articles.Link(article, other, True, result.relation, result.similarity, why, numbers._asdict())
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
