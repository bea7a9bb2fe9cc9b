"""A small process that restarts crashed servers of a folder, and stops all of them when no user is left.

It recognises users by their locks, so it also notices users that were killed or that did not stop the servers.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from worker.embedded import postgres, valkey
from worker.embedded.daemon import Daemon
from worker.embedded.folder import Folder
from worker.errors import CopydeskError
from worker.process.own_command import own_command, own_path

#: Seconds between two checks: how long a crash or a killed user may stay unnoticed.
PERIOD_SECONDS = 1.0


def start(folder: Folder) -> None:
    """Start the keeper if none runs; call inside the folder's mutex."""
    daemon = Daemon(folder.path, "keeper")
    if not daemon.alive():
        ids = [str(server.pid) for server in _daemons(folder) if server.pid]
        daemon.launch(own_command("worker.embedded", str(folder.path), *ids), own_path({}))


def stop(folder: Folder) -> None:
    """Stop the keeper; call inside the folder's mutex, because the keeper acts only while it holds that."""
    Daemon(folder.path, "keeper").stop(signal.SIGTERM)


def main(arguments: Sequence[str]) -> None:
    """Watch the servers of a folder; the arguments are its path and the servers' process ids."""
    folder = Folder(Path(arguments[0]))
    ids = [int(number) for number in arguments[1:]]
    while _supervise(folder):
        ids = [daemon.pid for daemon in _daemons(folder) if daemon.pid]
        time.sleep(PERIOD_SECONDS)
    if not folder.path.exists():
        # the data folder was removed under running servers: only their process ids are left to stop them
        for pid in ids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _supervise(folder: Folder) -> bool:
    """Restart crashed servers, or stop all if no user is left; return False when there is nothing more to watch."""
    try:
        with folder.mutex():
            if folder.in_use():
                _restart_crashed(folder)
                return True
            valkey.stop(folder)
            postgres.stop(folder)
            Daemon(folder.path, "keeper").forget()
    except FileNotFoundError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
    return False


def _daemons(folder: Folder) -> list[Daemon]:
    return [Daemon(folder.path, name) for name in ("postgres", "valkey")]


def _restart_crashed(folder: Folder) -> None:
    for name, server in (("postgres", postgres), ("valkey", valkey)):
        if Daemon(folder.path, name).crashed():
            try:
                server.start(folder)
            except CopydeskError as error:
                print(f"{name}: {error}", file=sys.stderr, flush=True)  # noqa: T201 - this is the keeper's log
