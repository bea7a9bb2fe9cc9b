"""The ledger of source files: which arrived, which worker processes each, and the outcome of each.

A lease on a file lives as long as its worker's database session, which holds an advisory lock with the number in
``files.holder``. When the process dies, Postgres releases the lock at once and another worker may take the file; no
clock is involved. Each change of state names the state and the holder that it expects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.locks import HOLDER_GONE, lock_holder


@dataclass(slots=True)
class Delivery:
    """A file as the receiver saw it, with what the ledger needs to claim it."""

    key: bytes  # a hash of path and content
    path: bytes
    sha256: bytes | None
    size: int
    reason: str | None = None  # if set, it is quarantined at once
    vanished: bool = False  # there was no file at the path: another service may have accepted it
    stamp: tuple[int, int, int, int] = (0, 0, 0, 0)  # inode, size, mtime and ctime of the file that was read


@dataclass(slots=True)
class LeasedFile:
    """A file, or a part of a large file, that a worker has leased."""

    id: int
    path: bytes
    sha256: bytes
    size: int
    attempts: int
    parent_id: int | None
    first_record: int
    records: int | None
    byte_offset: int
    setbacks: int
    enqueued_again: bool = False  # it was retried, or a message or an attempt was lost

    @property
    def file_id(self) -> int:
        """The whole file, to which articles refer."""
        return self.parent_id or self.id


_LEASED_COLUMNS = (
    "id, path, sha256, size, attempts, parent_id, first_record, records, byte_offset, setbacks,"
    " enqueued_at IS DISTINCT FROM arrived_at"  # one transaction sets both when a file arrives
)

_CLAIM = """
    INSERT INTO files (key, path, sha256, size, enqueued_at, state, reason, finished_at)
    SELECT key, path, sha256, size, now(), CASE WHEN reason IS NULL THEN 'waiting' ELSE 'quarantined' END, reason,
           CASE WHEN reason IS NULL THEN NULL ELSE now() END
    FROM unnest(CAST(%(keys)s AS bytea[]), CAST(%(paths)s AS bytea[]), CAST(%(hashes)s AS bytea[]),
                CAST(%(sizes)s AS bigint[]), CAST(%(reasons)s AS text[])) AS t (key, path, sha256, size, reason)
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key"""

_KNOWN = text("SELECT key, id FROM files WHERE key = ANY(:keys)")


def claim(connection: Connection, deliveries: Sequence[Delivery], *, in_order: bool = False) -> dict[bytes, int]:
    """Insert deliveries that the ledger does not have; return the ids of these, by key.

    Every process must insert in the same order, so that two services on one inbox never deadlock: that of the paths,
    or with ``in_order`` that of ``deliveries``, which their source gives them for every reader.
    """
    if not in_order:
        deliveries = sorted(deliveries, key=lambda d: (d.path, d.key))
    rows = execute(
        connection,
        _CLAIM,
        {
            "keys": array(d.key for d in deliveries),
            "paths": array(d.path for d in deliveries),
            "hashes": array(d.sha256 for d in deliveries),
            "sizes": int_array(d.size for d in deliveries),
            "reasons": array(d.reason for d in deliveries),
        },
    )
    return {key: number for number, key in rows}


def known(connection: Connection, keys: Sequence[bytes]) -> dict[bytes, int]:
    """Return the ids of the deliveries that the ledger has, by key."""
    return {bytes(row.key): row.id for row in connection.execute(_KNOWN, {"keys": list(keys)})}


def unfinished(connection: Connection, ids: Sequence[int]) -> bool:
    """Return whether any of these files has no outcome yet."""
    statement = text("SELECT EXISTS (SELECT FROM files WHERE id = ANY(:ids) AND finished_at IS NULL)")
    return bool(connection.execute(statement, {"ids": list(ids)}).scalar_one())


def mark_unpruned(connection: Connection, keys: Sequence[bytes]) -> None:
    """Record that the bytes of known deliveries are in the archive again, if they had been pruned."""
    connection.execute(
        text("UPDATE files SET pruned_at = NULL WHERE key = ANY(:keys) AND pruned_at IS NOT NULL"), {"keys": list(keys)}
    )


def accepted_paths(connection: Connection, paths: Sequence[bytes]) -> set[bytes]:
    """Return those paths from which the ledger accepted a file in the last hour."""
    rows = connection.execute(
        text(
            "SELECT path FROM files WHERE path = ANY(:paths) AND sha256 IS NOT NULL"
            " AND arrived_at > now() - interval '1 hour'"
        ),
        {"paths": list(paths)},
    )
    return {bytes(path) for path in rows.scalars()}


def register_worker(connection: Connection) -> int:
    """Give this database session a holder number and the lock that proves it alive; return the number.

    Its commits do not wait for the disk: they record leases, all of which end if the server crashes.
    """
    connection.execute(text("SET synchronous_commit = off"))
    holder: int = connection.execute(text("SELECT nextval('holders')::int")).scalar_one()
    lock_holder(connection, holder)
    return holder


_LEASE = text(f"""
    UPDATE files SET state = 'processing', holder = :holder, attempts = attempts + 1
    WHERE id IN (
        SELECT id FROM files
        WHERE id = ANY(:ids) AND (state = 'waiting' OR (state = 'processing' AND {HOLDER_GONE}))
          AND parts IS NULL AND (attempts = 0 OR :alone) AND attempts < :most
        ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING {_LEASED_COLUMNS}""")


def lease(connection: Connection, ids: Sequence[int], holder: int, max_attempts: int) -> list[LeasedFile]:
    """Lease those of ``ids`` that wait, or whose worker is gone; commit before working on them.

    A file that was tried before is leased only alone: if it ends its worker again, no other file is affected.
    """
    rows = connection.execute(
        _LEASE, {"ids": list(ids), "holder": holder, "alone": len(ids) == 1, "most": max_attempts}
    )
    return sorted((LeasedFile(*row) for row in rows), key=lambda file: file.id)


_STILL_HELD = """
    SELECT id FROM files WHERE id = ANY(%(ids)s) AND state = 'processing' AND holder = %(holder)s
    ORDER BY id FOR UPDATE"""


def still_held(connection: Connection, ids: Iterable[int], holder: int) -> set[int]:
    """Lock and return those of ``ids`` that this holder still has leased: only their results may be written."""
    return {file for (file,) in execute(connection, _STILL_HELD, {"ids": int_array(ids), "holder": holder})}


_FINISH = """
    UPDATE files SET state = CASE WHEN t.reason IS NULL THEN 'done' ELSE 'quarantined' END, reason = t.reason,
                     articles = t.articles, records_read = t.records_read, withheld = t.withheld,
                     holder = NULL, finished_at = now()
    FROM unnest(CAST(%(ids)s AS bigint[]), CAST(%(articles)s AS int[]), CAST(%(reasons)s AS text[]),
                CAST(%(read)s AS int[]), CAST(%(withheld)s AS int[]))
        AS t (id, articles, reason, records_read, withheld)
    WHERE files.id = t.id"""


class Outcome(NamedTuple):
    """The outcome of a file: ``articles`` stored of ``records_read``, or the ``reason`` of its quarantine.

    ``withheld`` is the number of bad records that are not stored, because there are too many.
    """

    file_id: int
    articles: int
    reason: str | None = None
    records_read: int | None = None
    withheld: int = 0


def finish(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Record the outcomes of files that are still leased."""
    if outcomes:
        ids, articles, reasons, read, withheld = zip(*outcomes, strict=True)
        values = {"ids": int_array(ids), "articles": int_array(articles), "reasons": array(reasons)}
        execute(connection, _FINISH, values | {"read": array(read), "withheld": int_array(withheld)})


def bad_records(connection: Connection, bad: Sequence[tuple[int, int, str]]) -> None:
    """Record (file id, position, reason) of records that could not be read."""
    if bad:
        files, positions, reasons = zip(*bad, strict=True)
        connection.execute(
            text(
                "INSERT INTO bad_records SELECT * FROM unnest(CAST(:files AS bigint[]), CAST(:positions AS int[]),"
                " CAST(:reasons AS text[])) ON CONFLICT (file_id, position) DO UPDATE SET reason = excluded.reason"
            ),
            {"files": list(files), "positions": list(positions), "reasons": list(reasons)},
        )


_FINISH_PARENTS = text("""
    UPDATE files SET articles = parts.articles, records_read = parts.read, withheld = parts.withheld,
        holder = NULL, finished_at = now(),
        state = CASE WHEN parts.bad = parts.all THEN 'quarantined' ELSE 'done' END,
        reason = CASE WHEN parts.bad > 0 THEN
            parts.bad || ' of its ' || parts.all || ' parts could not be processed; the first: ' || parts.reason END
    FROM (SELECT parent_id, count(*) AS all, sum(articles) AS articles, min(reason) AS reason,
                 sum(withheld) AS withheld,
                 CASE WHEN bool_and(records_read IS NOT NULL) THEN sum(records_read) END AS read,
                 count(*) FILTER (WHERE state = 'quarantined') AS bad
          FROM files WHERE parent_id = ANY(:parents) GROUP BY parent_id
          HAVING count(*) FILTER (WHERE finished_at IS NULL) = 0) AS parts
    WHERE files.id = parts.parent_id AND state = 'processing'""")


def finish_parents(connection: Connection, parents: Iterable[int]) -> None:
    """Record the outcome of the large files whose parts all have one."""
    if wanted := sorted(set(parents)):
        connection.execute(text("SELECT id FROM files WHERE id = ANY(:p) ORDER BY id FOR UPDATE"), {"p": wanted})
        connection.execute(_FINISH_PARENTS, {"parents": wanted})


_SPLIT = text("""
    INSERT INTO files (key, path, sha256, size, enqueued_at, parent_id, first_record, records, byte_offset)
    SELECT substr(sha256(f.key || int4send(t.first)), 1, 16), f.path, f.sha256, f.size, now(), f.id,
           t.first, t.records, t.off
    FROM files f, unnest(CAST(:firsts AS int[]), CAST(:records AS int[]), CAST(:offsets AS bigint[]))
         AS t (first, records, off)
    WHERE f.id = :id
    ON CONFLICT (key) DO NOTHING
    RETURNING id""")


def split(connection: Connection, file_id: int, spans: Sequence[tuple[int, int, int]]) -> list[int]:
    """Insert the parts (first record, records, byte offset) of a leased large file; return their ids.

    The file itself stays in ``processing``, without a holder, until ``finish_parents`` records its outcome.
    """
    firsts, records, offsets = zip(*spans, strict=True)
    rows = connection.execute(
        _SPLIT, {"id": file_id, "firsts": list(firsts), "records": list(records), "offsets": list(offsets)}
    )
    ids = list(rows.scalars())
    connection.execute(
        text("UPDATE files SET holder = NULL, parts = :parts WHERE id = :id"), {"id": file_id, "parts": len(spans)}
    )
    return ids


_GIVE_BACK = text("""
    UPDATE files SET state = 'waiting', holder = NULL, enqueued_at = NULL, attempts = greatest(attempts - 1, 0)
    WHERE id = ANY(:ids) AND state = 'processing' AND holder = :holder""")


def give_back(connection: Connection, ids: Iterable[int], holder: int) -> None:
    """Return files unprocessed, for a cause outside them: the attempt does not count."""
    connection.execute(_GIVE_BACK, {"ids": list(ids), "holder": holder})


_SET_BACK = text("""
    UPDATE files SET state = 'waiting', holder = NULL, enqueued_at = now(), attempts = greatest(attempts - 1, 0),
        setbacks = least(setbacks + 1, 1000)
    WHERE id = ANY(:ids) AND state = 'processing' AND holder = :holder""")


def set_back(connection: Connection, ids: Sequence[int], holder: int) -> None:
    """Let files wait that the machine could not process: the attempt does not count, and the pause grows."""
    if ids:
        connection.execute(_SET_BACK, {"ids": list(ids), "holder": holder})


_FAIL = text("""
    UPDATE files SET holder = NULL, enqueued_at = now(),
        state = CASE WHEN attempts >= :most THEN 'quarantined' ELSE 'waiting' END,
        reason = CASE WHEN attempts >= :most THEN :reason END,
        finished_at = CASE WHEN attempts >= :most THEN now() END
    WHERE id = :id AND state = 'processing' AND holder = :holder""")


def fail(connection: Connection, file_id: int, holder: int, reason: str, max_attempts: int) -> None:
    """Record a failure: the file waits for its next attempt, or is quarantined after the last."""
    connection.execute(_FAIL, {"id": file_id, "holder": holder, "reason": reason, "most": max_attempts})
