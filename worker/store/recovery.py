"""Find files in the ledger whose worker died, whose message was lost, or that failed too often; retry files."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from worker.store.ledger import finish_parents
from worker.store.locks import HOLDER_GONE

#: A file that waits this long after its message was due has lost its message; a second message does no harm. A file
#: that was enqueued this far in the future (the clock was set back since) is enqueued again at once, not at that time.
LOST_SECONDS = 10
#: Each setback, for which the machine is to blame, doubles the pause until the next try: up to about ten minutes.
MOST_DOUBLINGS = 6
#: Files of one sweep, so that it stays short; the next sweep continues.
SWEEP_FILES = 5_000

_PAUSE = f"(1 << least(setbacks, {MOST_DOUBLINGS}))"

_REQUEUE = text(f"""
    UPDATE files SET state = 'waiting', holder = NULL, enqueued_at = now()
    WHERE id IN (
        SELECT id FROM files
        WHERE finished_at IS NULL AND parts IS NULL AND attempts < :most AND (
            (state = 'processing' AND {HOLDER_GONE})
            OR (state = 'waiting' AND (enqueued_at IS NULL OR
                enqueued_at > now() + make_interval(secs => :lost) OR
                enqueued_at + make_interval(secs => :lost) * (1 + attempts) * {_PAUSE} < coalesce(
                    (SELECT max(line.enqueued_at) FROM files AS line WHERE line.id = ANY(:next)), now()))))
        ORDER BY enqueued_at NULLS FIRST LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, size, attempts""")

_EXHAUSTED = text(f"""
    UPDATE files SET state = 'quarantined', holder = NULL, finished_at = now(),
        reason = 'The worker was ended ' || attempts || ' times while it held this file, so it is not tried again. '
              || 'If the log has "Fatal Python error" with a traceback, compiled code is at fault: please report it. '
              || 'Else look at the file. Then run: copydesk retry ' || id
    WHERE id IN (
        SELECT id FROM files
        WHERE finished_at IS NULL AND parts IS NULL AND attempts >= :most
          AND (state = 'waiting' OR (state = 'processing' AND {HOLDER_GONE}))
        FOR UPDATE SKIP LOCKED)
    RETURNING id, path, sha256, parent_id""")


@dataclass(frozen=True, slots=True)
class FileToEnqueue:
    """A file to enqueue again."""

    id: int
    size: int
    attempts: int


def requeue_lost(connection: Connection, max_attempts: int, next_in_line: Sequence[int]) -> list[FileToEnqueue]:
    """Set files that have no worker and no message to waiting; return them to be enqueued.

    ``next_in_line``: the files of the queue's next message, none if the queue is empty. Messages are taken in order:
    a file that was enqueued before these and still waits has lost its message.
    """
    values = {"most": max_attempts, "lost": LOST_SECONDS, "limit": SWEEP_FILES, "next": list(next_in_line)}
    return sorted((FileToEnqueue(*row) for row in connection.execute(_REQUEUE, values)), key=lambda file: file.id)


@dataclass(frozen=True, slots=True)
class ExhaustedFile:
    """A file in quarantine because it ended its worker too often."""

    id: int
    path: bytes
    sha256: bytes | None
    parent_id: int | None


def quarantine_exhausted(connection: Connection, max_attempts: int) -> list[ExhaustedFile]:
    """Quarantine the files that ended their worker ``max_attempts`` times; return them."""
    return [ExhaustedFile(*row) for row in connection.execute(_EXHAUSTED, {"most": max_attempts})]


_OPEN_PARENTS = text("""
    SELECT id FROM files AS large
    WHERE finished_at IS NULL AND parts IS NOT NULL AND NOT EXISTS (
        SELECT FROM files AS part WHERE part.parent_id = large.id AND part.finished_at IS NULL)
    ORDER BY id FOR UPDATE SKIP LOCKED""")


def close_parents(connection: Connection) -> None:
    """Record the outcome of large files whose parts all have one, if a crash prevented that."""
    finish_parents(connection, list(connection.execute(_OPEN_PARENTS).scalars()))


@dataclass(frozen=True, slots=True)
class RetryResult:
    """Files and parts that wait again; how many were never read, and whose bytes are gone, some by ``erase``."""

    files: list[FileToEnqueue]
    never_read: int
    pruned: int
    erased: int


_SELECTED = """state = 'quarantined' AND reason IS NOT NULL
    AND (id = ANY(:ids) OR parent_id = ANY(:ids) OR (:all AND NOT EXISTS (
        SELECT FROM files AS whole
        WHERE whole.id = coalesce(files.parent_id, files.id) AND whole.dismissed_at IS NOT NULL)))"""
#: `copydesk erase` removed the bytes: to deliver them again would not bring the text back.
_ERASED = "EXISTS (SELECT FROM erasures e WHERE e.sha256 = files.sha256)"

_RETRY = text(f"""
    UPDATE files SET state = 'waiting', attempts = 0, setbacks = 0, reason = NULL, finished_at = NULL,
        enqueued_at = now(), dismissed_at = NULL
    WHERE {_SELECTED} AND sha256 IS NOT NULL AND pruned_at IS NULL AND parts IS NULL
    RETURNING id, size, attempts, parent_id""")

# bad records of a part are stored with its whole file
_DELETE_BAD_RECORDS = text("""
    DELETE FROM bad_records b USING files f WHERE f.id = ANY(:ids) AND b.file_id = coalesce(f.parent_id, f.id)
        AND (f.parent_id IS NULL OR b.position >= f.first_record AND b.position < f.first_record + f.records)""")

_REOPEN = text("""
    UPDATE files SET state = 'processing', reason = NULL, finished_at = NULL, dismissed_at = NULL
    WHERE id = ANY(:ids)""")


def retry_quarantined(connection: Connection, ids: Sequence[int] | None) -> RetryResult:
    """Let quarantined files wait as if they were new; of large files the failed parts.

    ``None``: all that nobody has dismissed.
    """
    values = {"all": ids is None, "ids": list(ids or [])}
    retried = connection.execute(_RETRY, values).all()
    connection.execute(_REOPEN, {"ids": list({row.parent_id for row in retried if row.parent_id})})
    connection.execute(_DELETE_BAD_RECORDS, {"ids": [row.id for row in retried]})
    numbers = connection.execute(
        text(f"""
            SELECT count(*) FILTER (WHERE sha256 IS NULL),
                count(*) FILTER (WHERE pruned_at IS NOT NULL AND parts IS NULL),
                count(*) FILTER (WHERE pruned_at IS NOT NULL AND parts IS NULL AND {_ERASED})
            FROM files WHERE {_SELECTED}"""),
        values,
    ).one()
    return RetryResult([FileToEnqueue(row.id, row.size, row.attempts) for row in retried], *numbers)


def backlog(connection: Connection) -> int:
    """Return the number of files and parts without an outcome."""
    statement = text("SELECT count(*) FROM files WHERE finished_at IS NULL AND parts IS NULL")
    return int(connection.execute(statement).scalar_one())
