"""Bring the bytes of files that have their outcome into the quarantine, or from there back into the archive.

In a folder these are renames, before the commit. In a bucket they are requests, after the commit, because no
transaction and no lock may wait for a storage. The ledger has the outcome; readers find the bytes in either place.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from worker import archive
from worker.settings import Settings

#: Requests at a time, as when a batch is read.
_REQUESTS = 16
#: A storage that does not answer holds up a worker for this long: the place of bytes only shows the outcome to people.
_LONGEST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Move:
    """Bytes and the reason for their quarantine, None if they belong in the archive."""

    sha256: bytes
    path: bytes
    reason: str | None


def move_bytes(settings: Settings, move: Move) -> None:
    """Move the bytes to where they belong."""
    if move.reason:
        archive.quarantine(settings, move.sha256, move.path, move.reason)
    else:
        archive.unquarantine(settings, move.sha256, move.path)


def move_together(settings: Settings, moves: Sequence[Move]) -> None:
    """Move several at a time; those that have not begun after ten seconds are left where they are."""
    if not moves:
        return
    threads = ThreadPoolExecutor(min(_REQUESTS, len(moves)))
    try:
        wait([threads.submit(move_bytes, settings, move) for move in moves], _LONGEST_SECONDS)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
