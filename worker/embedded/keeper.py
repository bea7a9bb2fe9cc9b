"""A small process that restarts crashed servers of a folder, and stops all of them when no user is left.

It recognises users by their locks, so it also notices users that were killed or that did not stop the servers.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from worker.embedded import postgres, valkey
from worker.embedded.daemon import Daemon, started_here
from worker.embedded.folder import Folder
from worker.embedded.running import RunningProcess
from worker.errors import CopydeskError
from worker.process.own_command import own_command, own_path

#: Seconds between two checks: how long a crash or a killed user may stay unnoticed.
PERIOD_SECONDS = 1.0


@contextmanager
def watching(folder: Folder) -> Iterator[None]:
    """Start the keeper if none runs, and let it know of the servers that the block starts; call inside the mutex.

    It starts before the block: if this process is killed inside, the keeper stops the servers. Their process ids are
    in a file without a name, so the keeper can read them even if the folder is removed before its first look.
    """
    daemon = Daemon(folder.path, "keeper")
    if daemon.alive():
        yield
        return
    with os.fdopen(os.memfd_create("servers"), "w", encoding="ascii") as ids:
        daemon.launch(own_command("worker.embedded", str(folder.path)), own_path({}), ids.fileno())
        yield
        ids.write(" ".join(f"{server.pid}:{server.start}" for server in _running(folder)))


def stop(folder: Folder) -> None:
    """Stop the keeper; call inside the folder's mutex, because the keeper acts only while it holds that."""
    Daemon(folder.path, "keeper").stop(signal.SIGTERM)


def main(arguments: Sequence[str]) -> None:
    """Watch the servers of the folder whose path is the only argument."""
    folder = Folder(Path(arguments[0]))
    servers: set[RunningProcess] = set()  # all that were seen: a look may meet a folder of which half is removed
    try:
        # held open: a folder that is removed and created again has another file of this name
        with (folder.path / "lock").open() as lock:
            while (running := _supervise(folder, lock.fileno())) is not None:
                servers = {server for server in (*servers, *running) if server.alive}
                time.sleep(PERIOD_SECONDS)
    except FileNotFoundError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
        # the data folder was removed under running servers: only their process ids are left to stop them
        for server in {*servers, *_started_with(0), *map(RunningProcess.of, started_here())}:
            server.end()


def _started_with(descriptor: int) -> list[RunningProcess]:
    """Return the servers that were started together with the keeper, from what `watching` wrote."""
    words = os.pread(descriptor, 1000, 0).decode("ascii").split()
    return [RunningProcess(int(pid), start) for pid, _, start in (word.partition(":") for word in words)]


def _supervise(folder: Folder, lock: int) -> list[RunningProcess] | None:
    """Restart crashed servers, or stop all if no user is left.

    Return the servers, read inside the mutex: a folder that was created again has others. None: nothing is left to
    watch.

    Raises FileNotFoundError if the folder is no longer the one whose lock file is open as ``lock``.
    """
    with folder.mutex():
        _require_same(folder, lock)
        if folder.in_use():
            _restart_crashed(folder)
            return _running(folder)
        # a folder that is being removed seems unused; what is there afterwards belongs to others
        _require_same(folder, lock)
        valkey.stop(folder)
        _require_same(folder, lock)
        postgres.stop(folder)
        _require_same(folder, lock)
        Daemon(folder.path, "keeper").forget()
    return None


def _require_same(folder: Folder, lock: int) -> None:
    if not os.path.samestat(os.fstat(lock), (folder.path / "lock").stat()):
        raise FileNotFoundError(f"{folder.path} was removed and created again.")


def _running(folder: Folder) -> list[RunningProcess]:
    daemons = [Daemon(folder.path, name) for name in ("postgres", "valkey")]
    return [RunningProcess.of(daemon.pid) for daemon in daemons if daemon.pid]


def _restart_crashed(folder: Folder) -> None:
    """Restart servers that ended without a stop; raise FileNotFoundError if the folder is being removed."""
    for name, start in (("postgres", postgres.restart), ("valkey", valkey.start)):
        if Daemon(folder.path, name).crashed():
            try:
                start(folder)
            except CopydeskError as error:
                print(f"{name}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
