"""Given files go the service's own way, through ledger, queue and workers; waits until all have an outcome."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from worker.errors import CopydeskError
from worker.inbox import feeder
from worker.inbox.scanner import Ignore, scan
from worker.process import log
from worker.process.supervisor import keep_running
from worker.queue import sweeper
from worker.settings import Settings
from worker.store import ledger, locks, report

logger = log.get(__name__)

_POLL_SECONDS = 0.1
#: No other worker takes the files when nothing has changed for this long: say so instead of waiting for ever.
PATIENCE_SECONDS = 300


#: What the workers of an ingest say; the terminal is for the progress and the result.
WORKER_LOG = "ingest-worker.log"


@dataclass
class IngestResult:
    """The files of one ingest: their ledger ids, and how many of them the ledger knew before."""

    files: int = 0
    new: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    not_ready: dict[bytes, str] = field(default_factory=dict)  # path -> why it could not be taken for now


def paths(given: Sequence[Path], ignore: Ignore) -> list[bytes]:
    """Return the files that are meant: files as they are, folders searched like the inbox."""
    found: list[bytes] = []
    for path in given:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  not resolved: a link is refused, not followed
        if absolute.is_dir():
            below = scan(absolute, ignore, {}, unreadable=_cant_read)
            found += sorted(sighting.path for sighting in below)
        else:
            found.append(os.fsencode(absolute))
    return list(dict.fromkeys(found))


def _cant_read(place: bytes, error: OSError) -> None:
    raise CopydeskError(f"{os.fsdecode(place)} can't be read: {error.strerror}.")


@contextmanager
def workers(settings: Settings, engine: Engine) -> Iterator[None]:
    """Make sure that workers run: the service's own, or some for the length of the block."""
    with engine.connect() as connection:
        others = locks.living_workers(connection)
    if others:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / WORKER_LOG).open("ab") as told:
        stopping = threading.Event()
        keeper = threading.Thread(target=keep_running, args=(settings, [["worker"]], stopping, told))
        keeper.start()
        try:
            yield
        finally:
            stopping.set()
            keeper.join()


def accept(settings: Settings, engine: Engine, files: Sequence[bytes], advance: Callable[[int], None]) -> IngestResult:
    """Claim ``files`` and enqueue them, without moving them; ``advance`` is told how many were taken."""
    result = IngestResult(files=len(files))
    for first in range(0, len(files), feeder.CLAIM_FILES):
        some = files[first : first + feeder.CLAIM_FILES]
        taken = feeder.accept_files(settings, engine, some, move=False)
        result.new += taken.new.values()
        with engine.connect() as connection:
            known = ledger.known(connection, [d.key for d in taken.deliveries if d.key not in taken.new])
        result.known += known.values()
        result.not_ready |= taken.not_ready
        advance(len(some))
    return result


def wait(settings: Settings, engine: Engine, result: IngestResult, advance: Callable[[int], None]) -> None:
    """Wait until every file has its outcome, sweeping meanwhile; ``advance`` is told how many got it.

    Files that were known may still wait too: an earlier ingest may have been stopped half-way.

    Raises:
        CopydeskError: nothing moved for a long time.
    """
    ids = [*result.new, *result.known]
    left = len(ids)
    swept = moved = time.monotonic()
    while left:
        with engine.connect() as connection:
            now_left = report.unfinished(connection, ids)
        now = time.monotonic()
        if now_left != left:
            advance(left - now_left)
            left, moved = now_left, now
        if now - swept > settings.sweep_seconds:
            sweeper.sweep(settings, engine)
            swept = now
        if now - moved > PATIENCE_SECONDS:
            raise CopydeskError(
                f"{left} files still wait after {PATIENCE_SECONDS} s without progress. "
                "They are safe in the ledger; see: copydesk status"
            )
        if left:
            time.sleep(_POLL_SECONDS)
