"""Erase articles from all tables, and record that it happened, without the text.

Call the functions that write under the placement lock.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store import search_index
from worker.store.arrays import array
from worker.store.execute import execute

#: What the ledger says of a record whose text was erased.
ERASED_REASON = "Its text was erased by `copydesk erase`."


@dataclass(frozen=True, slots=True)
class ErasableArticle:
    """The fields of an article that erasing it needs; ``sha256`` is of its file's bytes."""

    id: int
    story_id: int
    file_id: int
    position: int
    sketch: list[int]
    sha256: bytes | None


def erased(connection: Connection, hashes: Collection[bytes]) -> set[bytes]:
    """Return those of these hashes of words that were erased."""
    rows = execute(
        connection,
        "SELECT DISTINCT text_hash FROM erasures WHERE text_hash = ANY(CAST(%(hashes)s AS bytea[]))",
        {"hashes": array(hashes)},
    )
    return {bytes(row[0]) for row in rows.fetchall()}


def with_same_words(connection: Connection, article_id: int) -> list[ErasableArticle]:
    """Return an article and all others with the same words, in any story; empty if there is no such article."""
    rows = connection.execute(
        text("""
            SELECT a.id, a.story_id, a.file_id, a.position, a.sketch, f.sha256
            FROM articles a JOIN files f ON f.id = a.file_id
            WHERE a.text_hash = (SELECT text_hash FROM articles WHERE id = :id) ORDER BY a.id"""),
        {"id": article_id},
    )
    return [ErasableArticle(*row) for row in rows]


def others_of_files(connection: Connection, erasable: Sequence[ErasableArticle]) -> list[int]:
    """Return the other articles whose files have the same bytes."""
    rows = connection.execute(
        text("""
            SELECT a.id FROM articles a JOIN files f ON f.id = a.file_id
            WHERE f.sha256 = ANY(:hashes) AND a.id <> ALL(:ids) ORDER BY a.id"""),
        {"hashes": _hashes(erasable), "ids": [article.id for article in erasable]},
    )
    return list(rows.scalars())


def paths(connection: Connection, erasable: Sequence[ErasableArticle]) -> dict[bytes, list[bytes]]:
    """Lock the ledger's rows of these bytes; return the paths that they came by, by SHA-256."""
    rows = connection.execute(
        text("SELECT sha256, path FROM files WHERE sha256 = ANY(:hashes) ORDER BY id FOR UPDATE"),
        {"hashes": _hashes(erasable)},
    )
    by_content: dict[bytes, list[bytes]] = {}
    for sha256, path in rows:
        by_content.setdefault(bytes(sha256), []).append(bytes(path))
    return by_content


def in_work(connection: Connection, contents: Collection[bytes]) -> bool:
    """Return whether a file or part with these bytes has no outcome yet."""
    statement = text("SELECT EXISTS (SELECT FROM files WHERE sha256 = ANY(:hashes) AND finished_at IS NULL)")
    return bool(connection.execute(statement, {"hashes": list(contents)}).scalar_one())


def _hashes(erasable: Sequence[ErasableArticle]) -> list[bytes]:
    return sorted({bytes(article.sha256) for article in erasable if article.sha256 is not None})


def record(connection: Connection, erasable: Sequence[ErasableArticle], note: str | None) -> None:
    """Record that these articles are erased."""
    connection.execute(
        text("""
            INSERT INTO erasures (article_id, story_id, file_id, position, text_hash, sha256, note)
            SELECT a.id, a.story_id, a.file_id, a.position, a.text_hash, f.sha256, :note
            FROM articles a JOIN files f ON f.id = a.file_id WHERE a.id = ANY(:ids)"""),
        {"ids": [article.id for article in erasable], "note": note},
    )


_REMOVALS = (
    "DELETE FROM links WHERE article_id = ANY(:ids) OR other_id = ANY(:ids)",
    "DELETE FROM corrections WHERE article_id = ANY(:ids) OR other_id = ANY(:ids)",
    # an undo goes with the correction that it undid, which may name other articles: it would look not undone
    """DELETE FROM correction_log WHERE id IN (
        SELECT undoes FROM correction_log WHERE article_id = ANY(:ids) OR other_id = ANY(:ids))""",
    "DELETE FROM correction_log WHERE article_id = ANY(:ids) OR other_id = ANY(:ids)",
    """UPDATE correction_log SET moved = ARRAY(SELECT id FROM unnest(moved) AS t (id) WHERE id <> ALL(:ids))
       WHERE moved && CAST(:ids AS int[])""",
    "DELETE FROM articles WHERE id = ANY(:ids)",
)


def remove(connection: Connection, erasable: Sequence[ErasableArticle]) -> None:
    """Delete the articles with their evidence and corrections, whose words may quote the text, and their words."""
    search_index.forget(connection, [article.id for article in erasable])
    for statement in _REMOVALS:
        connection.execute(text(statement), {"ids": [article.id for article in erasable]})


# a part counts its articles, and its whole file counts those of all parts
_COUNTS = """
    WITH erased AS (
        SELECT * FROM unnest(CAST(:files AS bigint[]), CAST(:positions AS int[])) AS t (file_id, position)
    ), counts AS (
        SELECT f.id, count(*) AS articles FROM erased e JOIN files f ON f.id = e.file_id OR (
            f.parent_id = e.file_id AND e.position >= f.first_record AND e.position < f.first_record + f.records)
        GROUP BY f.id)
    UPDATE files SET articles = files.articles - counts.articles,
        state = CASE WHEN files.articles = counts.articles THEN 'quarantined' ELSE state END,
        reason = CASE WHEN files.articles = counts.articles THEN :reason ELSE reason END
    FROM counts WHERE files.id = counts.id"""
_BAD_RECORDS = """
    INSERT INTO bad_records SELECT file_id, position, :reason
    FROM unnest(CAST(:files AS bigint[]), CAST(:positions AS int[])) AS t (file_id, position)
    ON CONFLICT (file_id, position) DO UPDATE SET reason = excluded.reason"""


def update_ledger(connection: Connection, erasable: Sequence[ErasableArticle]) -> None:
    """Record in the ledger that the records gave no article, and that the bytes of their files are gone."""
    values = {
        "files": [article.file_id for article in erasable],
        "positions": [article.position for article in erasable],
        "reason": ERASED_REASON,
    }
    connection.execute(text(_COUNTS), values)
    connection.execute(text(_BAD_RECORDS), values)
    connection.execute(
        text("UPDATE files SET pruned_at = coalesce(pruned_at, now()) WHERE sha256 = ANY(:hashes)"),
        {"hashes": _hashes(erasable)},
    )


def delete_empty_stories(connection: Connection, stories: Collection[int]) -> list[int]:
    """Delete those of these stories that have no article, with the stories merged into them; return their ids."""
    rows = connection.execute(
        text("""
            DELETE FROM stories WHERE coalesce(merged_into, id) = ANY(:stories)
                AND NOT EXISTS (SELECT FROM articles WHERE story_id = coalesce(stories.merged_into, stories.id))
            RETURNING id"""),
        {"stories": list(stories)},
    )
    gone = sorted(rows.scalars())
    connection.execute(text("DELETE FROM sketch_keys WHERE story_id = ANY(:stories)"), {"stories": gone})
    return gone
