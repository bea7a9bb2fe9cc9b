"""What the sweeper asks of the ledger: files whose worker died, whose message was lost, or that failed too often."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store.ledger import HOLDER_GONE, finish_parents

#: A file that waits this long beside an empty queue has lost its message; sending one twice is harmless.
LOST_SECONDS = 10
#: Beside a queue that is not empty its message is probably in line, so only much later is it presumed lost.
STALE_SECONDS = 600
#: Files looked at in one sweep, so that a sweep stays short; the next one goes on.
SWEEP_FILES = 5_000

_STUCK = text(f"""
    UPDATE files SET state = 'waiting', holder = NULL, enqueued_at = now()
    WHERE id IN (
        SELECT id FROM files
        WHERE parts IS NULL AND attempts < :most AND (
            (state = 'processing' AND {HOLDER_GONE})
            OR (state = 'waiting' AND (enqueued_at IS NULL
                OR enqueued_at < now() - make_interval(secs => :patience) * (1 + attempts))))
        ORDER BY enqueued_at NULLS FIRST LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, size, attempts""")

_HOPELESS = text(f"""
    UPDATE files SET state = 'quarantined', holder = NULL, finished_at = now(),
        reason = 'The worker was ended ' || attempts || ' times while it held this file, so it is not tried again. '
              || 'Look at the file, then run: copydesk retry ' || id
    WHERE id IN (
        SELECT id FROM files
        WHERE parts IS NULL AND attempts >= :most
          AND (state = 'waiting' OR (state = 'processing' AND {HOLDER_GONE}))
        FOR UPDATE SKIP LOCKED)
    RETURNING id, path, sha256, parent_id""")


@dataclass(frozen=True, slots=True)
class Stuck:
    """A file to enqueue again."""

    id: int
    size: int
    attempts: int


def stuck(connection: Connection, max_attempts: int, *, queue_empty: bool) -> list[Stuck]:
    """Take back files that no worker holds and no message names; return them to be enqueued."""
    patience = LOST_SECONDS if queue_empty else STALE_SECONDS
    rows = connection.execute(_STUCK, {"most": max_attempts, "patience": patience, "limit": SWEEP_FILES})
    return sorted((Stuck(*row) for row in rows), key=lambda file: file.id)


@dataclass(frozen=True, slots=True)
class Hopeless:
    """A file that was quarantined because it ended its worker too often."""

    id: int
    path: bytes
    sha256: bytes | None
    parent_id: int | None


def hopeless(connection: Connection, max_attempts: int) -> list[Hopeless]:
    """Quarantine the files that ended their worker ``max_attempts`` times; return them."""
    return [Hopeless(*row) for row in connection.execute(_HOPELESS, {"most": max_attempts})]


def close_parents(connection: Connection) -> None:
    """Close large files whose parts all have their outcome, should that have been cut off."""
    rows = connection.execute(text("SELECT id FROM files WHERE state = 'processing' AND parts IS NOT NULL"))
    finish_parents(connection, list(rows.scalars()))


def backlog(connection: Connection) -> int:
    """Return the number of files that wait or are in work."""
    count: int = connection.execute(
        text("SELECT count(*) FROM files WHERE state IN ('waiting', 'processing') AND parts IS NULL")
    ).scalar_one()
    return count
