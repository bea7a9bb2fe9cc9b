"""A second chance for quarantined files whose bytes were kept: they wait again, and the sweeper enqueues them."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

#: A large file is quarantined with its parts: they are tried again, and it is open until they have their outcome.
_AGAIN = text("""
    UPDATE files SET state = CASE WHEN parts IS NULL THEN 'waiting' ELSE 'processing' END, reason = NULL, attempts = 0,
        holder = NULL, enqueued_at = NULL, finished_at = NULL
    WHERE id IN (
        SELECT id FROM files
        WHERE state = 'quarantined' AND sha256 IS NOT NULL
          AND (CAST(:ids AS bigint[]) IS NULL OR id = ANY(:ids) OR parent_id = ANY(:ids))
        ORDER BY id FOR UPDATE)
    RETURNING id, parent_id""")


def retry(connection: Connection, ids: Sequence[int] | None = None) -> list[int]:
    """Let quarantined files wait again: these (or the large files that they are parts of), or all. Return them."""
    rows = connection.execute(_AGAIN, {"ids": None if ids is None else list(ids)}).all()
    if rows:
        again = [row.id for row in rows]
        connection.execute(text("DELETE FROM bad_records WHERE file_id = ANY(:ids)"), {"ids": again})
    return sorted(row.id for row in rows if row.parent_id is None)
