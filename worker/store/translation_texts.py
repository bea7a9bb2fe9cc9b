"""What texts are compared by for translations: read the stories that are next, keep the newest rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from worker.store.arrays import array, int_array
from worker.store.execute import execute

_NEXT = """
    SELECT s.id, a.id, a.title, a.text, a.language, a.seen_at FROM (
        SELECT id, canonical_id FROM stories WHERE id > %(after)s AND merged_into IS NULL ORDER BY id LIMIT %(most)s
    ) AS s JOIN articles a ON a.id = s.canonical_id ORDER BY s.id"""

_INSERT = """
    INSERT INTO translation_texts (story_id, article_id, language, seen_at, characters, anchors)
    SELECT * FROM unnest(CAST(%(stories)s AS int[]), CAST(%(articles)s AS int[]), CAST(%(languages)s AS text[]),
        CAST(%(seen)s AS timestamptz[]), CAST(%(characters)s AS int[]), CAST(%(anchors)s AS text[]))
    ON CONFLICT (story_id) DO NOTHING"""

_COLUMNS = "SELECT story_id, article_id, language, seen_at, characters, anchors FROM translation_texts"


class NextText(NamedTuple):
    """The canonical text of a story that was not compared yet; ``seen_at`` is when it was published, else arrived."""

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


def next_texts(connection: Connection, after: int, most: int) -> list[NextText]:
    """Return the canonical texts of at most ``most`` live stories with ids above ``after``, in the order of ids."""
    return [NextText(*row) for row in execute(connection, _NEXT, {"after": after, "most": most}).fetchall()]


def insert(connection: Connection, rows: Sequence[TextRow]) -> None:
    """Store rows; one whose story has a row is left out."""
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
    """Delete all rows but those of the newest ``most`` stories."""
    execute(
        connection,
        """
            DELETE FROM translation_texts WHERE story_id <= (
                SELECT story_id FROM translation_texts ORDER BY story_id DESC OFFSET %(most)s LIMIT 1)""",
        {"most": most},
    )
