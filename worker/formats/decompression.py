"""Decompress a stream, and refuse it as soon as its content exceeds the limits.

Never decompresses more than is requested, so that a decompression bomb costs one buffer.
"""

import io
import re
import zlib
from collections import deque
from collections.abc import Callable
from typing import Any, BinaryIO

from worker.errors import QuarantineError
from worker.formats.limits import DecompressionBombError, Limits
from worker.formats.stream import UnpackBudget

_CHUNK_BYTES = 65_536
#: Start offsets of gzip members to keep: as many as one buffer of unpacked bytes can hold records.
_MAX_MEMBER_STARTS = 10_000
_TRUNCATED = "The archive breaks off before its end: it was cut while copied or downloaded; send it again."
#: zlib's Z_MEM_ERROR, and ZSTD_error_memory_allocation
_NO_MEMORY = re.compile(r"Error -4\b|not enough memory|Allocation error", re.IGNORECASE)
_DAMAGED = "The archive is damaged ({}): send it again."


class DecompressedStream(io.RawIOBase):
    """The output of the decompressor ``read``, up to the limits; ``compressed_bytes`` returns its input so far."""

    def __init__(
        self, read: Callable[[int], bytes], compressed_bytes: Callable[[], int], limits: Limits, budget: UnpackBudget
    ) -> None:
        self._read = read
        self._compressed_bytes = compressed_bytes
        self._limits = limits
        self._budget = budget
        self._position = 0

    def readable(self) -> bool:
        """Return True, as io requires."""
        return True

    def tell(self) -> int:
        """Return the number of bytes unpacked so far."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer``; raise QuarantineError if a limit is exceeded or the archive is damaged."""
        data = self._read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        self._budget.unpacked += len(data)
        limits = self._limits
        if self._budget.unpacked > limits.max_unpacked_bytes:
            raise QuarantineError(f"It unpacks to more than {limits.max_unpacked_bytes:,} bytes: send it in parts.")
        # Below the size of one article, any ratio is harmless.
        if self._position > max(limits.max_article_bytes, limits.max_ratio * self._compressed_bytes()):
            raise DecompressionBombError(
                f"It unpacks to more than {limits.max_ratio} times its size, as only bombs do."
            )
        return len(data)

    def buffered(self) -> io.BufferedReader:
        """Return this stream as a buffered file."""
        return io.BufferedReader(self, _CHUNK_BYTES)


class GzipReader:
    """Reads gzip members one after another and keeps the offset of each, at which reading can start."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell()
        self.compressed_bytes = 0
        self._pending = b""
        self._member = zlib.decompressobj(wbits=31)
        self._unpacked = 0
        self._member_starts: deque[tuple[int, int]] = deque([(0, self._start)], maxlen=_MAX_MEMBER_STARTS)

    def read(self, size: int) -> bytes:
        """Return up to ``size`` unpacked bytes; b"" at the end."""
        while True:
            if not self._pending:
                self._pending = self._file.read(_CHUNK_BYTES)
                self.compressed_bytes += len(self._pending)
                if not self._pending:
                    if self._member.eof:
                        return b""
                    raise QuarantineError(_TRUNCATED)
            if self._member.eof and not self._next_member():
                return b""
            try:
                data = self._member.decompress(self._pending, size)
            except zlib.error as error:
                raise _damaged("gzip", error) from error
            self._pending = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            self._unpacked += len(data)
            if data:
                return data

    def member_offset(self, position: int) -> int:
        """Return the offset of the member that begins at the unpacked ``position``, or 0; positions must ascend."""
        while self._member_starts and self._member_starts[0][0] < position:
            self._member_starts.popleft()
        return self._member_starts[0][1] if self._member_starts and self._member_starts[0][0] == position else 0

    def _next_member(self) -> bool:
        """Start the next member and return True; return False if only padding follows."""
        if not self._pending.startswith(b"\x1f"):
            return False
        self._member = zlib.decompressobj(wbits=31)
        self._member_starts.append((self._unpacked, self._start + self.compressed_bytes - len(self._pending)))
        return True


def _damaged(kind: str, error: Exception) -> Exception:
    """Return why a decompressor failed; both libraries report missing memory as they report a damaged archive."""
    if _NO_MEMORY.search(str(error)):
        return MemoryError(str(error))
    return QuarantineError(_DAMAGED.format(kind))


def zstandard_reader(file: BinaryIO) -> Callable[[int], bytes]:
    """Return a function that unpacks consecutive Zstandard frames, with windows of at most 128 MB."""
    try:
        import zstandard
    except ModuleNotFoundError as error:
        raise QuarantineError(
            "Files packed with Zstandard need the library zstandard. Install it with: pip install '.[zstd]'"
        ) from error
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, read_across_frames=True)

    def read(size: int) -> bytes:
        try:
            return reader.read(size)
        except zstandard.ZstdError as error:
            raise _damaged("zstd", error) from error

    return read


def zlib_reader(file: BinaryIO, window: int) -> Callable[[int], bytes]:
    """Return a function that unpacks zlib data, or deflated data without a header if ``window`` is negative."""
    return _incremental_reader(file, _Zlib(window), "deflate", zlib.error)


def brotli_reader(file: BinaryIO) -> Callable[[int], bytes]:
    """Return a function that unpacks brotli, with windows of at most 16 MB."""
    import brotli  # needed only for web archives

    return _incremental_reader(file, _Brotli(brotli.Decompressor()), "brotli", brotli.error)


class _Zlib:
    """zlib's decompressor with the interface that ``_incremental_reader`` needs."""

    def __init__(self, window: int) -> None:
        self._decompressor = zlib.decompressobj(wbits=window)

    def process(self, data: bytes, size: int) -> bytes:
        """Return up to ``size`` unpacked bytes."""
        return self._decompressor.decompress(self._decompressor.unconsumed_tail + data, size)

    def needs_input(self) -> bool:
        """Return whether more packed bytes can be given."""
        return not self._decompressor.unconsumed_tail

    def is_finished(self) -> bool:
        """Return whether the packed data is complete."""
        return self._decompressor.eof


class _Brotli:
    """Brotli's decompressor with the interface that ``_incremental_reader`` needs."""

    def __init__(self, decompressor: Any) -> None:
        self._decompressor = decompressor

    def process(self, data: bytes, size: int) -> bytes:
        """Return about ``size`` unpacked bytes: the library's buffer grows in steps, the largest is 16 MB."""
        result: bytes = self._decompressor.process(data, output_buffer_limit=size)
        return result

    def needs_input(self) -> bool:
        """Return whether more packed bytes can be given."""
        return bool(self._decompressor.can_accept_more_data())

    def is_finished(self) -> bool:
        """Return whether the packed data is complete."""
        return bool(self._decompressor.is_finished())


def _incremental_reader(
    file: BinaryIO, decompressor: "_Zlib | _Brotli", kind: str, failure: type[Exception]
) -> Callable[[int], bytes]:
    def read(size: int) -> bytes:
        while not decompressor.is_finished():
            packed = file.read(_CHUNK_BYTES) if decompressor.needs_input() else b""
            exhausted = not packed and decompressor.needs_input()
            try:
                data = decompressor.process(packed, size)
            except failure as error:
                raise _damaged(kind, error) from error
            if data:
                return data
            if exhausted:
                raise QuarantineError(_TRUNCATED)
        return b""

    return read
