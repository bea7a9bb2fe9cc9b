"""What texts are compared by for translations: read the stories that are next or have changed, keep the newest rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from worker.article import ChangeKind
from worker.store.arrays import array, int_array
from worker.store.execute import execute

_CANONICAL = """
    SELECT s.id, a.id, a.title, a.text, a.language, a.seen_at FROM ({stories}) AS s
    JOIN articles a ON a.id = s.canonical_id ORDER BY s.id"""
_NEXT = _CANONICAL.format(
    stories="""
        SELECT id, canonical_id FROM stories WHERE id > %(after)s AND merged_into IS NULL ORDER BY id LIMIT %(most)s"""
)
_PRESENT = _CANONICAL.format(stories="SELECT id, canonical_id FROM stories WHERE id = ANY(CAST(%(stories)s AS int[]))")

_FIRST = """
    SELECT story_id, id, title, text, language, seen_at FROM (
        SELECT a.*, row_number() OVER (PARTITION BY a.story_id ORDER BY a.id <> s.canonical_id, a.id) AS place
        FROM articles a JOIN stories s ON s.id = a.story_id
        WHERE a.story_id = ANY(CAST(%(stories)s AS int[])) AND a.relation <> 'exact') AS texts
    WHERE place <= %(most)s ORDER BY story_id, place"""

# one page of the change feed, whose ids become visible in order
_CHANGED = f"""
    SELECT coalesce(max(id), %(after)s), coalesce(array_agg(DISTINCT story_id) FILTER (
        WHERE kind IN ('{ChangeKind.CANONICAL}', '{ChangeKind.REPROCESSED}')), '{{}}')
    FROM (SELECT id, kind, story_id FROM changes WHERE id > %(after)s ORDER BY id LIMIT %(most)s) AS page"""

_OUTDATED = """
    SELECT s.id FROM stories s LEFT JOIN translation_texts t ON t.story_id = s.id
    WHERE s.id >= (SELECT min(story_id) FROM translation_texts) AND s.id > %(after)s AND s.id <= %(until)s
        AND s.merged_into IS NULL AND t.article_id IS DISTINCT FROM s.canonical_id ORDER BY s.id"""

_INSERT = """
    INSERT INTO translation_texts (story_id, article_id, language, seen_at, characters, anchors)
    SELECT * FROM unnest(CAST(%(stories)s AS int[]), CAST(%(articles)s AS int[]), CAST(%(languages)s AS text[]),
        CAST(%(seen)s AS timestamptz[]), CAST(%(characters)s AS int[]), CAST(%(anchors)s AS text[]))
    ON CONFLICT (story_id) DO UPDATE SET article_id = excluded.article_id, language = excluded.language,
        seen_at = excluded.seen_at, characters = excluded.characters, anchors = excluded.anchors"""

_COLUMNS = "SELECT story_id, article_id, language, seen_at, characters, anchors FROM translation_texts"


class StoryText(NamedTuple):
    """A text of a story; ``seen_at`` is when it was published, else arrived."""

    story_id: int
    article_id: int
    title: str | None
    text: str
    language: str
    seen_at: datetime


class TextRow(NamedTuple):
    """A row of the table, as it is stored."""

    story_id: int
    article_id: int
    language: str
    seen_at: datetime
    characters: int
    anchors: str


def newest(connection: Connection) -> int:
    """Return the largest story id of the rows; 0 if there is none."""
    [[story]] = execute(connection, "SELECT coalesce(max(story_id), 0) FROM translation_texts").fetchall()
    return int(story)


def next_texts(connection: Connection, after: int, most: int) -> list[StoryText]:
    """Return the canonical texts of at most ``most`` live stories with ids above ``after``, in the order of ids."""
    return [StoryText(*row) for row in execute(connection, _NEXT, {"after": after, "most": most}).fetchall()]


def present_texts(connection: Connection, stories: Collection[int]) -> list[StoryText]:
    """Return the canonical texts of those of these stories that are live, in the order of ids."""
    return [StoryText(*row) for row in execute(connection, _PRESENT, {"stories": int_array(stories)}).fetchall()]


def first_texts(connection: Connection, stories: Collection[int], most: int) -> list[StoryText]:
    """Return the canonical text and the earliest others of each of these stories, at most ``most`` of one."""
    if not stories:
        return []
    values = {"stories": int_array(stories), "most": most}
    return [StoryText(*row) for row in execute(connection, _FIRST, values).fetchall()]


def changed(connection: Connection, after: int, most: int) -> tuple[int, list[int]]:
    """Read at most ``most`` changes of the feed; return the id of the last, and the stories with another text."""
    [[last, stories]] = execute(connection, _CHANGED, {"after": after, "most": most}).fetchall()
    return int(last), sorted(stories)


def outdated(connection: Connection, after: int, until: int) -> list[int]:
    """Return the live stories with ids above ``after`` up to ``until`` whose row is missing, or of another article."""
    return [int(story) for (story,) in execute(connection, _OUTDATED, {"after": after, "until": until}).fetchall()]


def forget(connection: Connection, articles: Collection[int]) -> None:
    """Delete the rows of articles that have another text now, so that these are compared again."""
    execute(
        connection,
        "DELETE FROM translation_texts WHERE article_id = ANY(CAST(%(articles)s AS int[]))",
        {"articles": int_array(articles)},
    )


def insert(connection: Connection, rows: Sequence[TextRow]) -> None:
    """Store rows; one replaces the row that its story has."""
    if not rows:
        return
    columns = list(zip(*rows, strict=True))
    stories, articles, languages, seen, characters, anchors = columns
    values = {
        "stories": int_array(stories),
        "articles": int_array(articles),
        "languages": array(languages),
        "seen": array(seen),
        "characters": int_array(characters),
        "anchors": array(anchors),
    }
    execute(connection, _INSERT, values)


def of_stories(connection: Connection, stories: Collection[int]) -> dict[int, TextRow]:
    """Return the rows of these stories, those that exist."""
    if not stories:
        return {}
    where = "WHERE story_id = ANY(CAST(%(stories)s AS int[]))"
    rows = execute(connection, f"{_COLUMNS} {where}", {"stories": int_array(stories)}).fetchall()
    return {row[0]: TextRow(*row) for row in rows}


def page(connection: Connection, after: int, most: int) -> list[TextRow]:
    """Return at most ``most`` rows with story ids above ``after``, in the order of ids."""
    query = f"{_COLUMNS} WHERE story_id > %(after)s ORDER BY story_id LIMIT %(most)s"
    return [TextRow(*row) for row in execute(connection, query, {"after": after, "most": most}).fetchall()]


def keep_newest(connection: Connection, most: int) -> None:
    """Delete the rows of all but the last ``most`` ids of stories, of which merged ones have no row."""
    execute(
        connection,
        "DELETE FROM translation_texts WHERE story_id <= (SELECT max(story_id) FROM translation_texts) - %(most)s",
        {"most": most},
    )
