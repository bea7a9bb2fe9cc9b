"""Run the processes of ``copydesk up`` for a bench, drop files into the inbox, and wait for their outcomes."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis
from sqlalchemy import Engine, Table, make_url

from worker.article import ProcessKind
from worker.errors import CopydeskError
from worker.process.supervisor import keep_running
from worker.settings import Settings
from worker.store.heartbeats import count
from worker.store.id_search import newest_id
from worker.store.monitoring import finished_since

#: The number of logical databases in Redis's default configuration.
_REDIS_DATABASES = 16
_START_SECONDS = 60
_POLL_SECONDS = 0.02
#: Without progress for this long, something is broken: an error is better than a bench that never ends.
_PATIENCE_SECONDS = 60


@contextmanager
def own_queue(url: str) -> Iterator[str]:
    """Yield the URL of an empty logical database of this Redis, and empty it afterwards.

    Raises:
        CopydeskError: none is empty.
    """
    for number in reversed(range(_REDIS_DATABASES)):
        own = make_url(url).set(database=str(number)).render_as_string(hide_password=False)
        with redis.Redis.from_url(own) as client:
            if not client.dbsize():
                try:
                    yield own
                finally:
                    client.flushdb()
                return
    raise CopydeskError("No logical database of this Redis is empty. Unset REDIS_URL to bench on a separate server.")


@contextmanager
def running(settings: Settings, engine: Engine, workers: int) -> Iterator[None]:
    """Run watcher, workers and scheduler during the block."""
    quiet = settings.model_copy(update={"log_level": "warning"})
    stopping = threading.Event()
    commands = [["watch"], ["worker", "--concurrency", str(workers)], ["scheduler"]]
    with (settings.data_dir / "service.log").open("ab") as log:
        keeper = threading.Thread(target=keep_running, args=(quiet, commands, stopping, log))
        keeper.start()
        try:
            _await_start(engine)
            yield
        finally:
            stopping.set()
            keeper.join()


def _await_start(engine: Engine) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not all(count(engine, kind) for kind in (ProcessKind.WATCHER, ProcessKind.WORKER, ProcessKind.SCHEDULER)):
        if time.monotonic() > deadline:
            raise CopydeskError("The service did not start within a minute; is the machine very busy?")
        time.sleep(_POLL_SECONDS)


def drop(settings: Settings, files: Sequence[Path]) -> None:
    """Put files into the inbox by renaming, all at once."""
    for path in files:
        path.rename(settings.inbox_folder / path.name)


def newest(engine: Engine, table: Table) -> int:
    """Return the newest id of a table, or 0 for an empty one."""
    with engine.connect() as connection:
        return newest_id(connection, table)


def arrivals(engine: Engine, after: int, count: int) -> dict[str, float]:
    """Wait until ``count`` files with ledger ids above ``after`` have an outcome.

    Returns, by file name, the monotonic time at which polling first saw the outcome.

    Raises:
        CopydeskError: there was no progress for a minute.
    """
    seen: dict[str, float] = {}
    moved = time.monotonic()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while len(seen) < count:
            asked = time.monotonic()
            paths, after = finished_since(connection, after)
            now = time.monotonic()
            before = len(seen)
            for path in paths:
                seen.setdefault(os.fsdecode(path).rpartition("/")[2], now)
            if len(seen) > before:
                moved = now
            elif now - moved > _PATIENCE_SECONDS:
                raise CopydeskError(f"{count - len(seen)} files were not finished within a minute.")
            pause = max(_POLL_SECONDS, (time.monotonic() - asked) * 20)  # the queries must not become the load
            time.sleep(pause)
    return seen
