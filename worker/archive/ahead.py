"""Read the objects of a batch ahead, several at a time, so that a worker does not wait for each request in turn."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import BinaryIO

from worker.archive.bucket import open_kept
from worker.settings import Settings

#: Objects that are read at a time. A batch holds 4 MB, so all of it fits in memory.
_REQUESTS = 16


class ObjectsAhead:
    """The objects of a batch, each of which is opened once."""

    def __init__(self, settings: Settings, threads: ThreadPoolExecutor, files: Sequence[tuple[bytes, bytes]]) -> None:
        self._settings = settings
        self._opening: dict[tuple[bytes, bytes], Future[BinaryIO]] = {
            file: threads.submit(open_kept, settings, *file) for file in dict.fromkeys(files)
        }

    def open(self, sha256: bytes, path: bytes) -> BinaryIO:
        """Open the bytes of an accepted file; one that was opened before is read again.

        Raises:
            MissingBytesError: they are in neither archive nor quarantine.
            RetryError: the storage does not answer, or refuses.
        """
        opening = self._opening.pop((sha256, path), None)
        return opening.result() if opening else open_kept(self._settings, sha256, path)


@contextmanager
def objects_ahead(settings: Settings, files: Sequence[tuple[bytes, bytes]]) -> Iterator[ObjectsAhead]:
    """Read the objects (SHA-256, original path) while the block runs; what is not needed any more is left unread."""
    threads = ThreadPoolExecutor(min(_REQUESTS, max(len(files), 1)))
    try:
        yield ObjectsAhead(settings, threads, files)
    finally:
        threads.shutdown(wait=True, cancel_futures=True)
