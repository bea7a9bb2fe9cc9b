"""The ledger of source files: the truth about what came in, who works on it and what became of it.

A file is claimed with a lease that lives as long as its worker's database session: the worker holds an advisory lock
whose number stands in ``files.holder``. When the process dies, Postgres frees the lock at once and the file may be
taken again; no clock is involved. Every state change names the state and holder that it expects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store.arrays import array, int_array
from worker.store.execute import execute
from worker.store.locks import HOLDER_GONE, lock_holder


@dataclass(slots=True)
class Delivery:
    """A file as the intake saw it: what the ledger needs to know to claim it."""

    key: bytes
    path: bytes
    sha256: bytes | None
    size: int
    reason: str | None = None  # set: quarantined at once
    vanished: bool = False  # nothing stood at the path: perhaps another service took the file
    stamp: tuple[int, int, int] = (0, 0, 0)  # inode, size and mtime of what was read


@dataclass(slots=True)
class Job:
    """A file, or a part of one, that a worker holds."""

    id: int
    path: bytes
    sha256: bytes
    size: int
    attempts: int
    parent_id: int | None
    first_record: int
    records: int | None
    byte_offset: int

    @property
    def file_id(self) -> int:
        """The file that this is, or is a part of: what articles refer to."""
        return self.parent_id or self.id


_JOB = "id, path, sha256, size, attempts, parent_id, first_record, records, byte_offset"

_CLAIM = """
    INSERT INTO files (key, path, sha256, size, enqueued_at, state, reason, finished_at)
    SELECT key, path, sha256, size, now(), CASE WHEN reason IS NULL THEN 'waiting' ELSE 'quarantined' END, reason,
           CASE WHEN reason IS NULL THEN NULL ELSE now() END
    FROM unnest(CAST(%(keys)s AS bytea[]), CAST(%(paths)s AS bytea[]), CAST(%(hashes)s AS bytea[]),
                CAST(%(sizes)s AS bigint[]), CAST(%(reasons)s AS text[])) AS t (key, path, sha256, size, reason)
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key"""

_KNOWN = text("SELECT key, id FROM files WHERE key = ANY(:keys)")


def claim(connection: Connection, deliveries: Sequence[Delivery]) -> dict[bytes, int]:
    """Enter new deliveries; return the ids of those that were new, by key."""
    # one order for all, so that two services on one inbox never wait for each other
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


def kept_again(connection: Connection, keys: Sequence[bytes]) -> None:
    """Note of deliveries that the ledger had already that their bytes are kept, should they have been pruned."""
    connection.execute(
        text("UPDATE files SET pruned_at = NULL WHERE key = ANY(:keys) AND pruned_at IS NOT NULL"), {"keys": list(keys)}
    )


def accepted_paths(connection: Connection, paths: Sequence[bytes]) -> set[bytes]:
    """Return which of these paths the ledger took a file from in the last hour."""
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

    What is told of leases on it need not outlive a crash of the server, which ends all leases: no waiting for the disk.
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
    RETURNING {_JOB}""")


def lease(connection: Connection, ids: Sequence[int], holder: int, max_attempts: int) -> list[Job]:
    """Take the files of ``ids`` that wait, or whose worker is gone; commit before working on them.

    A file that was tried before is only taken alone: should it be the one that ended its worker, it costs no other.
    """
    rows = connection.execute(
        _LEASE, {"ids": list(ids), "holder": holder, "alone": len(ids) == 1, "most": max_attempts}
    )
    return sorted((Job(*row) for row in rows), key=lambda job: job.id)


_STILL_HELD = """
    SELECT id FROM files WHERE id = ANY(%(ids)s) AND state = 'processing' AND holder = %(holder)s
    ORDER BY id FOR UPDATE"""


def still_held(connection: Connection, ids: Iterable[int], holder: int) -> set[int]:
    """Lock and return those of ``ids`` whose lease is still this holder's: only these may be written."""
    return {file for (file,) in execute(connection, _STILL_HELD, {"ids": int_array(ids), "holder": holder})}


_FINISH = """
    UPDATE files SET state = CASE WHEN t.reason IS NULL THEN 'done' ELSE 'quarantined' END, reason = t.reason,
                     articles = t.articles, holder = NULL, finished_at = now()
    FROM unnest(CAST(%(ids)s AS bigint[]), CAST(%(articles)s AS int[]), CAST(%(reasons)s AS text[]))
        AS t (id, articles, reason)
    WHERE files.id = t.id"""


def finish(connection: Connection, outcomes: Sequence[tuple[int, int, str | None]]) -> None:
    """Record (file id, articles, reason of quarantine or ``None``) of files that are still held."""
    if outcomes:
        ids, articles, reasons = zip(*outcomes, strict=True)
        values = {"ids": int_array(ids), "articles": int_array(articles), "reasons": array(reasons)}
        execute(connection, _FINISH, values)


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
    UPDATE files SET articles = parts.articles, holder = NULL, finished_at = now(),
        state = CASE WHEN parts.bad = parts.all THEN 'quarantined' ELSE 'done' END,
        reason = CASE WHEN parts.bad > 0 THEN
            parts.bad || ' of its ' || parts.all || ' parts could not be processed; the first: ' || parts.reason END
    FROM (SELECT parent_id, count(*) AS all, sum(articles) AS articles, min(reason) AS reason,
                 count(*) FILTER (WHERE state = 'quarantined') AS bad
          FROM files WHERE parent_id = ANY(:parents) GROUP BY parent_id
          HAVING count(*) FILTER (WHERE finished_at IS NULL) = 0) AS parts
    WHERE files.id = parts.parent_id AND state = 'processing'""")


def finish_parents(connection: Connection, parents: Iterable[int]) -> None:
    """Close the large files all of whose parts have their outcome."""
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
    """Enter the parts (first record, records, byte offset) of a large file that is held; return their ids.

    The file itself stays in ``processing``, held by nobody, until ``finish_parents`` closes it.
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
    """Return files untouched, through no fault of theirs: the attempt does not count."""
    connection.execute(_GIVE_BACK, {"ids": list(ids), "holder": holder})


_FAIL = text("""
    UPDATE files SET holder = NULL, enqueued_at = now(),
        state = CASE WHEN attempts >= :most THEN 'quarantined' ELSE 'waiting' END,
        reason = CASE WHEN attempts >= :most THEN :reason END,
        finished_at = CASE WHEN attempts >= :most THEN now() END
    WHERE id = :id AND state = 'processing' AND holder = :holder""")


def fail(connection: Connection, file_id: int, holder: int, reason: str, max_attempts: int) -> None:
    """Record a failure that may pass: the file waits for its next attempt, or is quarantined after the last."""
    connection.execute(_FAIL, {"id": file_id, "holder": holder, "reason": reason, "most": max_attempts})
