"""The queries of ``reprocess``. Call the functions that write under the placement lock."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, text

from worker.article import Decider, Relation
from worker.store.arrays import int_array
from worker.store.articles import Row
from worker.store.candidate_queries import CandidateText, NewArticle
from worker.store.models import KEY_COLUMNS
from worker.store.window_sql import TimeColumns, contains
from worker.window import ArticleTimes, Window

#: Ids that one statement searches for outdated articles: it stays short even if none of a million is outdated.
_SPAN = 20_000


class Versions(NamedTuple):
    """Versions of cleaner and fingerprint; an article with a lower one is outdated."""

    cleaner: int
    fingerprint: int


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """A stored article, and where the bytes of its file are."""

    id: int
    file_id: int
    position: int
    story_id: int
    relation: str
    similarity: float
    seen_at: datetime
    published_at: datetime | None
    arrived_at: datetime
    text_hash: bytes
    simhash: bytes
    sketch: list[int]
    language: str
    title: str | None
    text: str
    facts: dict[str, Any] | None
    changes: dict[str, int] | None
    path: bytes
    sha256: bytes | None
    pruned_at: datetime | None
    first_record: int | None
    records: int | None
    byte_offset: int | None

    @property
    def when(self) -> ArticleTimes:
        """Its times, for the window."""
        return ArticleTimes(self.published_at, self.arrived_at)


#: Also of a later version, as after a step back to an older program.
_OUTDATED = "(:all OR cleaner_version <> :cleaner OR fingerprint_version <> :fingerprint)"


def next_outdated(
    connection: Connection, after: int, last: int, most: int, versions: Versions, *, everything: bool
) -> list[int]:
    """Return up to ``most`` outdated articles, or all, with ids above ``after`` and up to ``last``."""
    while after < last:
        rows = connection.execute(
            text(f"SELECT id FROM articles WHERE id > :after AND id <= :until AND {_OUTDATED} ORDER BY id LIMIT :most"),
            {"after": after, "until": min(after + _SPAN, last), "most": most, "all": everything} | versions._asdict(),
        )
        if ids := list(rows.scalars()):
            return ids
        after += _SPAN
    return []


def outdated_in_same_stories(
    connection: Connection, ids: Sequence[int], most: int, versions: Versions, *, everything: bool
) -> list[int]:
    """Return later outdated articles of the stories of ``ids``, at most ``most``: all are decided together."""
    rows = connection.execute(
        text(f"""
            SELECT id FROM articles WHERE story_id IN (SELECT story_id FROM articles WHERE id = ANY(:ids))
            AND id > :first AND id <> ALL(:ids) AND {_OUTDATED} ORDER BY id LIMIT :most"""),
        {"ids": list(ids), "first": min(ids), "most": most, "all": everything} | versions._asdict(),
    )
    return list(rows.scalars())


def load(connection: Connection, ids: Sequence[int]) -> dict[int, StoredArticle]:
    """Return stored articles, by id."""
    rows = connection.execute(
        text("""
            SELECT a.id, a.file_id, a.position, a.story_id, a.relation, a.similarity, a.seen_at, a.published_at,
                a.arrived_at, a.text_hash, a.simhash, a.sketch, a.language, a.title, a.text, a.facts, a.changes,
                f.path, f.sha256, f.pruned_at, p.first_record, p.records, p.byte_offset
            FROM articles a JOIN files f ON f.id = a.file_id LEFT JOIN LATERAL (
                SELECT first_record, records, byte_offset FROM files
                WHERE parent_id = f.id AND a.position >= first_record AND a.position < first_record + records) AS p
                ON f.parts IS NOT NULL
            WHERE a.id = ANY(:ids)"""),
        {"ids": list(ids)},
    )
    return {row.id: StoredArticle(*row) for row in rows}


def remaining_texts(
    connection: Connection, stories: Collection[int], without: Sequence[int]
) -> dict[int, list[CandidateText]]:
    """Return the different texts of stories except the articles ``without``; stories without any other are left out.

    If ``without`` has the canonical article, the longest of the remaining texts is marked canonical.
    """
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (a.story_id, a.text_hash) a.id, a.story_id, a.simhash, a.fingerprint_version,
                a.id = s.canonical_id AS canonical, a.words, a.published_at, a.arrived_at, a.title, a.url
            FROM articles a JOIN stories s ON s.id = a.story_id
            WHERE a.story_id = ANY(:stories) AND a.id <> ALL(:without)
            ORDER BY a.story_id, a.text_hash, a.relation = 'exact', a.id"""),
        {"stories": list(stories), "without": list(without)},
    )
    by_story: dict[int, list[Any]] = {}
    for row in rows:
        by_story.setdefault(row.story_id, []).append(row)
    remaining = {}
    for story, texts in by_story.items():
        head = max(texts, key=lambda row: (row.canonical, row.words, -row.id)).id
        remaining[story] = [
            CandidateText(
                *(r.id, story, r.simhash, r.fingerprint_version, r.id == head),
                *(ArticleTimes(r.published_at, r.arrived_at), r.title, r.url),
            )
            for r in texts
        ]
    return remaining


_SAME_WORDS = text(f"""
    SELECT t.number, a.story_id, a.id
    FROM unnest(CAST(:numbers AS int[]), CAST(:hashes AS bytea[]), CAST(:stories AS int[]),
        CAST(:published AS timestamptz[]), CAST(:arrived AS timestamptz[]))
        AS t (number, hash, story, published, arrived)
    CROSS JOIN LATERAL (
        SELECT id, story_id FROM articles
        WHERE text_hash = t.hash AND id <> ALL(:without)
            AND {contains(TimeColumns("published_at", "arrived_at"), TimeColumns("t.published", "t.arrived"), ":days")}
        ORDER BY story_id <> t.story, id LIMIT 1) AS a""")


def same_words(
    connection: Connection, new: Sequence[NewArticle], stories: Sequence[int], without: Sequence[int], window: Window
) -> dict[int, tuple[int, int]]:
    """Return, by number, (story, article) with the same words, preferably of the story in ``stories``."""
    values = {
        "numbers": [a.number for a in new],
        "hashes": [a.text_hash for a in new],
        "stories": [stories[a.number] for a in new],
        "published": [a.when.published for a in new],
        "arrived": [a.when.arrived for a in new],
        "without": list(without),
        "days": window.days,
    }
    return {row.number: (row.story_id, row.id) for row in connection.execute(_SAME_WORDS, values)}


def corrections_between(
    connection: Connection, stories: Collection[int], named: Sequence[int]
) -> list[tuple[int | None, int, int | None, int, bool]]:
    """Return the corrections between articles of these stories: (article, its story, other, its story, same).

    Articles that are not in ``named`` are None; equal rows are returned once.
    """
    rows = connection.execute(
        text("""
            SELECT DISTINCT CASE WHEN a.id = ANY(:named) THEN a.id END, a.story_id,
                CASE WHEN b.id = ANY(:named) THEN b.id END, b.story_id, c.same = 1
            FROM corrections c JOIN articles a ON a.id = c.article_id JOIN articles b ON b.id = c.other_id
            WHERE a.story_id = ANY(:stories) AND b.story_id = ANY(:stories)"""),
        {"stories": list(stories), "named": list(named)},
    )
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


def placements(connection: Connection, stories: Collection[int], also: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return (story, relation), by id, of the different texts of stories and of the articles ``also``."""
    rows = connection.execute(
        text("""
            SELECT id, story_id, relation FROM articles WHERE story_id = ANY(:stories) AND relation <> 'exact'
            UNION SELECT id, story_id, relation FROM articles WHERE id = ANY(:also)"""),
        {"stories": list(stories), "also": list(also)},
    )
    return {row.id: (row.story_id, row.relation) for row in rows}


def mark_current(connection: Connection, ids: Sequence[int], versions: Versions) -> None:
    """Record that these articles are as the present versions produce them."""
    connection.execute(
        text("UPDATE articles SET cleaner_version = :cleaner, fingerprint_version = :fingerprint WHERE id = ANY(:ids)"),
        {"ids": list(ids)} | versions._asdict(),
    )


_REWRITE = text("""
    UPDATE articles SET story_id = :story_id, relation = :relation, similarity = :similarity, seen_at = :seen_at,
        published_at = :published_at, words = :words, cleaner_version = :cleaner_version,
        fingerprint_version = :fingerprint_version, text_hash = :text_hash, simhash = :simhash,
        sketch = CAST(:sketch AS int[]), language = :language, title = :title, text = :text, author = :author,
        facts = CAST(:facts AS jsonb), changes = CAST(:changes AS jsonb),
        status = CASE WHEN status = 'withdrawn' OR :status = 'usable' THEN status ELSE :status END,
        embargoed_until = coalesce(CAST(:embargoed_until AS timestamptz), embargoed_until)
    WHERE id = :id""")


def update_articles(connection: Connection, rows: Iterable[Row]) -> None:
    """Replace the articles with the same ids, except what the reader yielded besides the text and a stricter status."""
    values = [
        {name: getattr(row, name) for name in row.__slots__}
        | {"sketch": int_array(row.sketch), "facts": _json(row.facts), "changes": _json(row.changes)}
        for row in rows
    ]
    if values:
        connection.execute(_REWRITE, values)


def _json(value: Mapping[str, Any] | None) -> str | None:
    return orjson.dumps(value).decode() if value else None


def promote(connection: Connection, stories: Collection[int], hashes: Collection[bytes]) -> dict[int, list[int]]:
    """Make the first of exact copies whose original has left the story a text, ``near``; return sketches by id."""
    rows = connection.execute(
        text("""
            UPDATE articles SET relation = 'near' WHERE id IN (
                SELECT min(id) FROM articles WHERE text_hash = ANY(:hashes) AND story_id = ANY(:stories)
                GROUP BY story_id, text_hash HAVING bool_and(relation = 'exact'))
            RETURNING id, sketch"""),
        {"stories": list(stories), "hashes": list(hashes)},
    )
    return {row.id: row.sketch for row in rows}


def stories_without_canonical(connection: Connection, stories: Collection[int]) -> dict[int, int]:
    """Return the longest text of each story whose canonical article is no longer one of its texts."""
    rows = connection.execute(
        text("""
            SELECT DISTINCT ON (s.id) s.id AS story, a.id FROM stories s
            JOIN articles a ON a.story_id = s.id AND a.relation <> 'exact'
            WHERE s.id = ANY(:stories) AND NOT EXISTS (
                SELECT FROM articles c WHERE c.id = s.canonical_id AND c.story_id = s.id AND c.relation <> 'exact')
            ORDER BY s.id, a.words DESC, a.id"""),
        {"stories": list(stories)},
    )
    return {row.story: row.id for row in rows}


def copy_titles(connection: Connection, stories: Collection[int]) -> None:
    """Copy headline and language of the canonical articles to their stories."""
    connection.execute(
        text("""
            UPDATE stories SET title = a.title, language = a.language FROM articles a
            WHERE stories.id = ANY(:stories) AND a.id = stories.canonical_id
              AND (stories.title, stories.language) IS DISTINCT FROM (a.title, a.language)"""),
        {"stories": list(stories)},
    )


def delete_keys(connection: Connection, stories: Collection[int], keys: Collection[int]) -> None:
    """Delete those of ``keys`` that no text of its story has, from stories and from those merged into them."""
    values = {"stories": list(stories), "keys": int_array(sorted(keys))}
    for column in KEY_COLUMNS:
        connection.execute(
            text(f"""
                UPDATE sketch_keys k SET {column} = NULL FROM stories s
                WHERE k.{column} = ANY(CAST(:keys AS int[])) AND k.story_id = s.id
                  AND (s.id = ANY(:stories) OR s.merged_into = ANY(:stories)) AND NOT EXISTS (
                    SELECT FROM articles a WHERE a.story_id = coalesce(s.merged_into, s.id) AND a.relation <> 'exact'
                    AND k.{column} = ANY(a.sketch))"""),
            values,
        )


def delete_match_decisions(connection: Connection, ids: Sequence[int]) -> set[tuple[int, int]]:
    """Delete the verdicts of these articles, except those of a person or by an id; return the pairs of these."""
    connection.execute(
        text("""
            DELETE FROM links
            WHERE article_id = ANY(:ids) AND decided_by = :copydesk AND relation <> :revision"""),
        {"ids": list(ids), "copydesk": Decider.COPYDESK, "revision": Relation.REVISION},
    )
    kept = connection.execute(
        text("SELECT article_id, other_id FROM links WHERE article_id = ANY(:ids)"), {"ids": list(ids)}
    )
    return {(row.article_id, row.other_id) for row in kept}
