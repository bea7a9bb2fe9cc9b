"""An object as a file: read in pieces when they are asked for, so that nothing needs a disk and little memory."""

import io
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO, cast

from worker.bucket.objects import PIECE_BYTES, Bucket, ChangedError


def open_object(bucket: Bucket, key: str, places: Sequence[str] = (), tag: str = "") -> BinaryIO:
    """Open an object that never changes, or that must have this ``tag``; a small one is read by the first request.

    A large one is read on from ``places``, the keys to which it may be moved meanwhile. Reading it raises ChangedError
    if it is gone from all of them, or has another tag.

    Raises:
        FileNotFoundError: there is none.
        ChangedError: it has another tag.
        RetryError: the storage does not answer, or refuses.
    """
    state, content = bucket.read(key, PIECE_BYTES)
    if tag not in {"", state.tag}:
        raise ChangedError(f"The object {key} of {bucket.url} was replaced since it was listed.")
    if content is not None:
        return io.BytesIO(content)
    return cast("BinaryIO", io.BufferedReader(_ObjectFile(bucket, (key, *places), state.size, tag), PIECE_BYTES))


class _ObjectFile(io.RawIOBase):
    def __init__(self, bucket: Bucket, keys: Sequence[str], size: int, tag: str) -> None:
        super().__init__()
        self._bucket = bucket
        self._keys = keys
        self._size = size
        self._tag = tag
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if origin + offset < 0:
            raise ValueError("a position before the beginning of the file")
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # the stub's name for it is private
        length = min(len(buffer), self._size - self._position)
        if length <= 0:
            return 0
        data = self._read(length)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _read(self, length: int) -> bytes:
        for key in self._keys:
            with suppress(FileNotFoundError):
                return self._bucket.read_range(key, self._position, length, self._tag)
        # not FileNotFoundError, which a reader of a format would take for damaged content: it would keep what it has
        raise ChangedError(f"The object {self._keys[0]} of {self._bucket.url} was moved or removed while it was read.")
