"""Ingest given files as the service does, through ledger, queue and workers, and wait until all have an outcome."""

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
from worker.process import log
from worker.process.supervisor import keep_running
from worker.queue import sweeper
from worker.scanner import Ignore, find_files
from worker.settings import Settings
from worker.store import ledger, locks, report

logger = log.get(__name__)

_POLL_SECONDS = 0.1
#: After this long without a new outcome, article or try no worker is processing the files: report that instead of
#: waiting for ever. A worker may count the records of a large file for the time of one task, 120 s by default.
PATIENCE_SECONDS = 300
#: Between two looks at the articles of files that have no outcome: with 100,000 files a look takes .1 s.
_STEP_SECONDS = 10

#: Output of the workers of an ingest; the terminal shows the progress and the result.
WORKER_LOG = "ingest-worker.log"


@dataclass
class IngestResult:
    """The files of one ingest: their number, and the ledger ids of new files and of those that it knew before."""

    files: int = 0
    new: list[int] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    not_ready: dict[bytes, str] = field(default_factory=dict)  # path -> why it can't be accepted yet


def find_inputs(paths: Sequence[Path], ignore: Ignore) -> list[bytes]:
    """Return the absolute path of each file once: files as given, folders scanned like the inbox."""
    # not resolved: a link is refused, not followed
    absolute = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100
    return find_files(absolute, ignore, unreadable=_raise_unreadable)


def _raise_unreadable(path: bytes, error: OSError) -> None:
    raise CopydeskError(f"{os.fsdecode(path)} can't be read: {error.strerror}.")


@contextmanager
def workers(settings: Settings, engine: Engine) -> Iterator[None]:
    """Run workers for the duration of the block, unless the service's own are running."""
    with engine.connect() as connection:
        running = locks.living_workers(connection)
    if running:
        yield
        return
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / WORKER_LOG).open("ab") as output:
        stopping = threading.Event()
        keeper = threading.Thread(target=keep_running, args=(settings, [["worker"]], stopping, output))
        keeper.start()
        try:
            yield
        finally:
            stopping.set()
            keeper.join()


def accept(settings: Settings, engine: Engine, files: Sequence[bytes], advance: Callable[[int], None]) -> IngestResult:
    """Accept ``files`` without moving them; call ``advance`` with the number of files of each step."""
    result = IngestResult(files=len(files))
    for start in range(0, len(files), feeder.ACCEPT_FILES):
        paths = files[start : start + feeder.ACCEPT_FILES]
        accepted = feeder.accept_files(settings, engine, paths, move=False)
        result.new += accepted.new.values()
        with engine.connect() as connection:
            known = ledger.known(connection, [d.key for d in accepted.deliveries if d.key not in accepted.new])
        result.known += known.values()
        result.not_ready |= accepted.not_ready
        advance(len(paths))
    return result


def wait(
    settings: Settings,
    engine: Engine,
    result: IngestResult,
    advance: Callable[[int], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Wait until every file has its outcome, and sweep meanwhile; call ``advance`` with the number of new outcomes.

    Known files may still wait too: an earlier ingest may have been interrupted.

    Raises:
        CopydeskError: there was no progress for a long time: no outcome, no article, no try.
    """
    ids = [*result.new, *result.known]
    remaining = len(ids)
    steps = -1
    swept = progressed = looked = clock()
    while remaining:
        with engine.connect() as connection:
            unfinished = report.unfinished(connection, ids)
        now = clock()
        if unfinished != remaining:
            advance(remaining - unfinished)
            remaining, progressed = unfinished, now
        if now - swept > settings.sweep_seconds:
            sweeper.sweep(settings, engine)
            swept = now
        if now - looked > _STEP_SECONDS:
            before, steps, looked = steps, _steps(engine, ids), now
            progressed = now if steps != before else progressed
        if now - progressed > PATIENCE_SECONDS:
            raise CopydeskError(
                f"After {PATIENCE_SECONDS} s without progress, files still wait: {remaining:,}. "
                "They are safe in the ledger; see: copydesk status"
            )
        if remaining:
            pause(_POLL_SECONDS)


def _steps(engine: Engine, ids: Sequence[int]) -> int:
    with engine.connect() as connection:
        return report.steps(connection, ids)
