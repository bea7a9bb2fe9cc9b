"""Export all articles, stories or decisions by a server-side cursor: memory use does not depend on their number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from worker.display import escape_path
from worker.store.read.related import LINKED
from worker.store.read.status import STATUS
from worker.store.read.translations import TRANSLATED

#: Rows in memory at once: about 2 MB of text.
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Export:
    """An export: its columns with their types, its query and its count; every column except ids may be null."""

    columns: Mapping[str, type]
    query: str
    counted: str


_PLACE = {"external_id": str, "source_path": str}
_PUBLICATION = {"words": int, "source": str, "author": str, "url": str}
_PERMISSION = {"status": str, "embargoed_until": datetime}

#: Every article in order of arrival, without its text.
ARTICLES = Export(
    columns={
        "article_id": int,
        **_PLACE,
        "position": int,
        "story_id": int,
        "relation": str,
        "similarity": float,
        "is_canonical": bool,
        "title": str,
        "language": str,
        "published_at": datetime,
        "arrived_at": datetime,
        **_PUBLICATION,
        **_PERMISSION,
    },
    query=f"""
        SELECT a.id AS article_id, a.external_id, f.path AS source_path, a.position, a.story_id, a.relation,
            a.similarity, a.id = s.canonical_id AS is_canonical, a.title, a.language, a.published_at, a.arrived_at,
            a.words, a.source, a.author, a.url, {STATUS} AS status, a.embargoed_until
        FROM articles a JOIN stories s ON s.id = a.story_id JOIN files f ON f.id = a.file_id ORDER BY a.id""",
    counted="articles",
)

#: The same, with the cleaned text.
ARTICLES_WITH_TEXT = Export(
    columns={**ARTICLES.columns, "text": str},
    query=ARTICLES.query.replace("a.embargoed_until\n", "a.embargoed_until, a.text\n"),
    counted="articles",
)

#: Every live story with the text of its canonical article: the corpus without copies.
STORIES = Export(
    columns={
        "story_id": int,
        "article_id": int,
        **_PLACE,
        "title": str,
        "language": str,
        "articles": int,
        "texts": int,
        "first_seen": datetime,
        "last_seen": datetime,
        "published_at": datetime,
        **_PUBLICATION,
        **_PERMISSION,
        "translation_story_ids": list,
        "related_story_ids": list,
        "text": str,
    },
    query=f"""
        SELECT s.id AS story_id, s.canonical_id AS article_id, a.external_id, f.path AS source_path, s.title,
            s.language, s.articles, s.texts, s.first_seen, s.last_seen, a.published_at, a.words, a.source, a.author,
            a.url, {STATUS} AS status, a.embargoed_until,
            ARRAY(SELECT id FROM ({TRANSLATED}) AS link ORDER BY id) AS translation_story_ids,
            ARRAY(SELECT id FROM ({LINKED}) AS link) AS related_story_ids, a.text
        FROM stories s JOIN articles a ON a.id = s.canonical_id JOIN files f ON f.id = a.file_id
        WHERE s.merged_into IS NULL ORDER BY s.id""",
    counted="stories WHERE merged_into IS NULL",
)


def _sides(columns: Mapping[str, type]) -> dict[str, type]:
    return dict(columns) | {f"other_{name}": kind for name, kind in columns.items()}


#: The newest decision by a person on each pair of different texts, in the order of the decisions.
_DECISIONS = """
    SELECT CASE c.same WHEN 1 THEN 'same' ELSE 'not' END AS label, c.kind, c.made_by, c.made_at, c.note,
        a.id AS article_id, fa.path AS source_path, a.position, a.title, a.language, a.published_at, a.text,
        b.id AS other_article_id, fb.path AS other_source_path, b.position AS other_position, b.title AS other_title,
        b.language AS other_language, b.published_at AS other_published_at, b.text AS other_text
    FROM (
        SELECT DISTINCT ON (least(a.text_hash, b.text_hash), greatest(a.text_hash, b.text_hash)) c.*
        FROM corrections c JOIN articles a ON a.id = c.article_id JOIN articles b ON b.id = c.other_id
        WHERE c.same IS NOT NULL AND a.text_hash <> b.text_hash
        ORDER BY least(a.text_hash, b.text_hash), greatest(a.text_hash, b.text_hash), c.id DESC) AS c
    JOIN articles a ON a.id = c.article_id JOIN files fa ON fa.id = a.file_id
    JOIN articles b ON b.id = c.other_id JOIN files fb ON fb.id = b.file_id ORDER BY c.id"""

#: Decisions as labelled pairs, which `copydesk evaluate` reads. Each row has both texts.
DECISIONS = Export(
    columns={"label": str, "kind": str, "made_by": str, "made_at": datetime, "note": str}
    | _sides(
        {
            "article_id": int,
            "source_path": str,
            "position": int,
            "title": str,
            "language": str,
            "published_at": datetime,
            "text": str,
        }
    ),
    query=_DECISIONS,
    counted=f"({_DECISIONS}) AS decisions",
)


def count(connection: Connection, export: Export) -> int:
    """Return the number of rows that ``rows`` yields in the same ``snapshot``."""
    number: int = connection.execute(text(f"SELECT count(*) FROM {export.counted}")).scalar_one()
    return number


def rows(connection: Connection, export: Export) -> Iterator[dict[str, Any]]:
    """Yield the rows in id order, paths escaped; call it inside a ``snapshot``."""
    result = connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(text(export.query))
    for row in result.mappings():
        yield {name: escape_path(value) if isinstance(value, bytes) else value for name, value in row.items()}
