"""A servers' folder in; a small process that starts again what crashed, and stops everything when no user is left.

It sees users by their locks, so it notices the one that was killed as well as the one that forgot.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import worker
from worker.embedded import postgres, valkey
from worker.embedded.daemon import Daemon
from worker.embedded.folder import Folder
from worker.errors import CopydeskError

#: Seconds between two looks: how long a crash or a killed user may go unnoticed.
PERIOD = 1.0


def start(folder: Folder) -> None:
    """Start the keeper if none runs; call inside the folder's mutex."""
    daemon = Daemon(folder.path, "keeper")
    if not daemon.alive():
        # -P: nothing of the current folder is imported; the package itself may not be installed but on the path
        command = [sys.executable, "-P", "-m", "worker.embedded", str(folder.path)]
        command += [str(server.pid) for server in _daemons(folder) if server.pid]
        daemon.launch(command, {"PYTHONPATH": str(Path(worker.__file__).parents[1])})


def stop(folder: Folder) -> None:
    """End the keeper; call inside the folder's mutex, where it is never in the middle of something."""
    Daemon(folder.path, "keeper").stop(signal.SIGTERM)


def main(arguments: Sequence[str]) -> None:
    """Watch over the data folder that is named, whose servers have the process ids that follow."""
    folder = Folder(Path(arguments[0]))
    ids = [int(number) for number in arguments[1:]]
    while _look(folder):
        ids = [daemon.pid for daemon in _daemons(folder) if daemon.pid]
        time.sleep(PERIOD)
    if not folder.path.exists():
        # somebody removed the data folder under running servers: there is nothing left to stop them by
        for pid in ids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _look(folder: Folder) -> bool:
    """Start what crashed, or stop all when nobody is left; False when there is nothing to watch any more."""
    try:
        with folder.mutex():
            if folder.in_use():
                _revive(folder)
                return True
            valkey.stop(folder)
            postgres.stop(folder)
            Daemon(folder.path, "keeper").forget()
    except FileNotFoundError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
    return False


def _daemons(folder: Folder) -> list[Daemon]:
    return [Daemon(folder.path, name) for name in ("postgres", "valkey")]


def _revive(folder: Folder) -> None:
    for name, server in (("postgres", postgres), ("valkey", valkey)):
        if Daemon(folder.path, name).crashed():
            try:
                server.start(folder)
            except CopydeskError as error:
                print(f"{name}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
