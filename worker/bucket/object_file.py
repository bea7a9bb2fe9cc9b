"""A kept object as a file: read in pieces when they are asked for, so that nothing needs a disk and little memory."""

import io
from typing import BinaryIO, cast

from worker.bucket.objects import PIECE_BYTES, Bucket


def open_object(bucket: Bucket, key: str) -> BinaryIO:
    """Open an object that never changes; a small one is read whole by the first request.

    Raises:
        FileNotFoundError: there is none.
        RetryError: the storage does not answer, or refuses.
    """
    state, content = bucket.read(key, PIECE_BYTES)
    if content is not None:
        return io.BytesIO(content)
    return cast("BinaryIO", io.BufferedReader(_ObjectFile(bucket, key, state.size), PIECE_BYTES))


class _ObjectFile(io.RawIOBase):
    def __init__(self, bucket: Bucket, key: str, size: int) -> None:
        super().__init__()
        self._bucket = bucket
        self._key = key
        self._size = size
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
        data = self._bucket.read_range(self._key, self._position, length)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
