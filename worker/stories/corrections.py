"""A person's corrections go in; stories are merged or split, settled anew and told of, and stay so.

Under the placement lock, like every placing. What is kept in ``corrections`` bars or binds every later automatic
decision (`worker/stories/assign.py` asks before it joins).
"""

from sqlalchemy import Connection

from worker.article import ChangeKind, CorrectionKind, Relation
from worker.errors import CopydeskError
from worker.match import evidence, reason, verdict
from worker.store import articles, corrections, locks, sketches, stories
from worker.store.corrections import MovableArticle
from worker.store.read.stories import story as read_story
from worker.stories.candidates import FeatureCache
from worker.stories.update_canonical import update_canonicals

_ONE_TEXT = "It is the first of the copies that are left."


def merge(connection: Connection, shelf: FeatureCache, first: int, second: int, note: str | None = None) -> int:
    """Make one story of two; what kept them apart no longer counts. Return the id that stays, the smaller one.

    Raises:
        CopydeskError: one does not exist, or they are one story already.
    """
    locks.lock_placement(connection)
    one, two = (_live(connection, story) for story in (first, second))
    if one == two:
        raise CopydeskError(f"{first} and {second} are the same story ({one}) already.")
    kept, dead = sorted((one, two))
    canonicals = stories.canonicals(connection, (kept, dead))
    moved = frozenset(corrections.texts(connection, dead))
    corrections.withdraw(connection, kept, dead, same=False)
    corrections.record(
        connection, CorrectionKind.MERGE, canonicals[dead][0], [canonicals[kept][0]], same=True, note=_told(note)
    )
    stories.merge(connection, {dead: kept})
    stories.recount(connection, [kept])
    corrections.restore_links(connection, kept)
    _explain(connection, shelf, canonicals[dead][0], canonicals[kept][0])
    told = update_canonicals(connection, shelf, [kept], fresh=moved)
    stories.record_changes(connection, [stories.StoryChange(ChangeKind.MERGED, kept, other_story_id=dead), *told])
    return kept


def split(connection: Connection, shelf: FeatureCache, article_id: int, note: str | None = None) -> int:
    """Give an article, and its exact copies, a story of their own that never joins the others' again. Return its id.

    Raises:
        CopydeskError: there is no such article, or it is alone already.
    """
    locks.lock_placement(connection)
    article = _article(connection, article_id)
    left, told = _take_out(connection, shelf, article)
    corrections.record(
        connection,
        CorrectionKind.SPLIT,
        article.id,
        corrections.texts(connection, article.story_id),
        same=False,
        note=_told(note),
    )
    stories.record_changes(connection, told)
    return left


def not_a_copy(
    connection: Connection, shelf: FeatureCache, article_id: int, other_id: int, note: str | None = None
) -> int:
    """Never let these two articles be in one story; the first leaves if they are. Return the first one's story.

    Raises:
        CopydeskError: one does not exist, or they have the same words.
    """
    locks.lock_placement(connection)
    article, other = _article(connection, article_id), _article(connection, other_id)
    if article.id == other.id or article.text_hash == other.text_hash:
        raise CopydeskError(f"Articles {article_id} and {other_id} have the same words: one is a copy of the other.")
    story = article.story_id
    if story == other.story_id:
        story, told = _take_out(connection, shelf, article)
        stories.record_changes(connection, told)
    corrections.record(connection, CorrectionKind.NOT_A_COPY, article.id, [other.id], same=False, note=_told(note))
    return story


def _take_out(
    connection: Connection, shelf: FeatureCache, article: MovableArticle
) -> tuple[int, list[stories.StoryChange]]:
    """Move an article and its exact copies into a new story, and settle both; return its id and what happened."""
    old = article.story_id
    moved = corrections.same_words(connection, article)
    if len(moved) == corrections.size(connection, old):
        moved = [article]  # all of the story has these words: then this one is meant alone
    if len(moved) == corrections.size(connection, old):
        raise CopydeskError(f"Article {article.id} is alone in story {old} already.")
    [new] = articles.take_ids(connection, "stories", 1)
    first = moved[0]
    stories.create(
        connection, [stories.NewStory(new, first.id, first.title, first.language, first.seen_at, first.seen_at)]
    )
    ids = [one.id for one in moved]
    corrections.move(connection, ids, new)
    # several of them may have been texts, of stories that were merged
    stories.set_relations(connection, dict.fromkeys(ids, (Relation.EXACT, 1.0)) | {first.id: (Relation.ORIGINAL, 1.0)})
    sketches.insert_keys(connection, first.sketch, new)
    corrections.overrule_links(connection, ids, old)
    told = [stories.StoryChange(ChangeKind.SPLIT, new, first.id, other_story_id=old)]
    if stories.canonicals(connection, [old])[old][0] in ids:
        told.append(_new_canonical(connection, old))
    stories.recount(connection, [old, new])
    told += update_canonicals(connection, shelf, [old], fresh=frozenset(corrections.texts(connection, old)))
    return new, told


def _new_canonical(connection: Connection, story: int) -> stories.StoryChange:
    """Let the first text that is left tell a story; settling may find a better one."""
    first = corrections.texts(connection, story)[0]
    stories.set_canonical(connection, {story: (first, _ONE_TEXT)})
    stories.set_relations(connection, {first: (Relation.ORIGINAL, 1.0)})
    # where it was an exact copy: in other letters its words make other keys than those of the text that left
    sketches.insert_keys(connection, _article(connection, first).sketch, story)
    return stories.StoryChange(ChangeKind.CANONICAL, story, first)


def _explain(connection: Connection, shelf: FeatureCache, article: int, other: int) -> None:
    """Keep how alike two articles are that a person joined."""
    both = shelf.get(connection, [article, other])
    found = evidence(both[article], both[other])
    judged = verdict(found)
    told = "a person joined them" + ("" if judged.same else f", though {reason(judged)}")
    link = articles.Link(article, other, True, judged.relation, judged.similarity, told, found._asdict())
    articles.explain(connection, [link])


def _live(connection: Connection, asked: int) -> int:
    found = read_story(connection, asked, 1)
    if found is None:
        raise CopydeskError(f"There is no story {asked}. `copydesk stories` lists them.")
    return found.id


def _article(connection: Connection, asked: int) -> MovableArticle:
    found = corrections.article(connection, asked)
    if found is None:
        raise CopydeskError(f"There is no article {asked}. `copydesk story ID` lists a story's articles.")
    return found


def _told(note: str | None) -> str | None:
    """Return a person's note as it can be stored: bytes that are no text, which a shell lets through, are replaced."""
    return (note or "").encode("utf-8", "replace").decode().replace("\x00", " ").strip()[:1000] or None
