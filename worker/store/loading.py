"""Load what `copydesk bulk` has matched into an empty archive: whether it is empty, its time and its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from worker.store import ledger
from worker.store.arrays import array, int_array
from worker.store.execute import execute


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file whose bytes are not kept; ``bad`` are positions and reasons, without the ``withheld`` ones.

    ``reason``: why it is quarantined, if it has no articles
    """

    key: bytes
    path: bytes
    size: int
    articles: int
    reason: str | None
    bad: Sequence[tuple[int, str]]
    withheld: int


def counted(connection: Connection) -> tuple[int, int]:
    """Return how many articles there are, at most a thousand, and how many were erased."""
    [row] = execute(
        connection,
        "SELECT (SELECT count(*) FROM (SELECT FROM articles LIMIT 1000) AS found), (SELECT count(*) FROM erasures)",
    )
    return row[0], row[1]


def now(connection: Connection) -> datetime:
    """Return the time of this transaction, which rows get by default."""
    [[time]] = execute(connection, "SELECT now()")
    found: datetime = time
    return found


def insert_files(connection: Connection, files: Sequence[LoadedFile]) -> list[int]:
    """Insert files with their outcome; return their ids in this order."""
    rows = execute(
        connection,
        """
            INSERT INTO files
                (key, path, size, state, reason, articles, records_read, withheld, enqueued_at, finished_at)
            SELECT key, path, size, CASE WHEN reason IS NULL THEN 'done' ELSE 'quarantined' END, reason, articles,
                records_read, withheld, now(), now()
            FROM unnest(CAST(%(keys)s AS bytea[]), CAST(%(paths)s AS bytea[]), CAST(%(sizes)s AS bigint[]),
                CAST(%(reasons)s AS text[]), CAST(%(articles)s AS int[]), CAST(%(read)s AS int[]),
                CAST(%(withheld)s AS int[])) AS t (key, path, size, reason, articles, records_read, withheld)
            RETURNING key, id""",
        {
            "keys": array(file.key for file in files),
            "paths": array(file.path for file in files),
            "sizes": int_array(file.size for file in files),
            "reasons": array(file.reason for file in files),
            "articles": int_array(file.articles for file in files),
            "read": int_array(file.articles + len(file.bad) + file.withheld for file in files),
            "withheld": int_array(file.withheld for file in files),
        },
    ).fetchall()
    ids = {bytes(key): id_ for key, id_ in rows}
    bad = [(ids[file.key], position, reason) for file in files for position, reason in file.bad]
    ledger.bad_records(connection, bad)
    return [ids[file.key] for file in files]
