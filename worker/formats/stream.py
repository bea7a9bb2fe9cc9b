"""A file on its way to a reader, and one record of it on its way to becoming an article.

The head is read once and serves both the choice of the reader and, for small files, the reading itself.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, NamedTuple

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.decode import decode, is_utf16_or_utf32

#: Enough for a JSON line or a page's <head>, and most articles whole; read in one call, it costs 2 µs.
SAMPLE_BYTES = 32_768


class Record(NamedTuple):
    """A record not yet read: ``offset`` in bytes if the file can be entered there, and what reads it.

    ``article`` raises QuarantineError for a bad record; it is None for a blank line, which only counts.
    It must be called before the next record is asked for.
    """

    offset: int
    article: Callable[[], Article] | None


@dataclass(slots=True)
class UnpackBudget:
    """How many bytes were unpacked so far, by all archives in a file together."""

    unpacked: int = 0


def no_entry_point(offset: int) -> int:
    """Return 0: a place within this file can't be entered from outside."""
    del offset
    return 0


def _unchanged(offset: int) -> int:
    return offset


@dataclass(slots=True)
class Stream:
    """A file or a member of an archive, its first bytes already read.

    ``name`` is a hint for its suffix and is never used as a path. ``depth`` counts the archives around it.
    ``outside`` turns an offset within it into one of the archive around it (0: can't be entered there).
    """

    file: BinaryIO
    name: str
    first_bytes: bytes
    depth: int = 0
    outer_offset: Callable[[int], int] = _unchanged
    budget: UnpackBudget = field(default_factory=UnpackBudget)
    #: what a sentence about it begins with, so that it is found within its archive
    error_prefix: str = ""

    def read_all(self, limit: int) -> bytes:
        """Return all bytes; QuarantineError beyond ``limit`` bytes, of which no more than that is read."""
        data = self.first_bytes
        if len(data) == SAMPLE_BYTES:  # a shorter head is the whole file
            data += self.file.read(max(limit + 1 - len(data), 0))
        if len(data) > limit:
            raise QuarantineError(
                f"It is larger than one article may be ({limit:,} bytes): split it, or raise max_article_bytes."
            )
        return data

    def as_utf8(self, limit: int) -> "Stream":
        """Return a stream whose bytes are letters: UTF-16 of up to ``limit`` bytes becomes UTF-8."""
        if not is_utf16_or_utf32(self.first_bytes):
            return self
        recoded = io.BytesIO(decode(self.read_all(limit)).text.encode())
        return replace(self, file=recoded, first_bytes=recoded.read(SAMPLE_BYTES), outer_offset=no_entry_point)

    def open_at(self, offset: int = 0) -> BinaryIO:
        """Return the file for reading from ``offset``; only files that can seek know others than 0."""
        if self.file.seekable():
            self.file.seek(offset)
            return self.file
        return io.BufferedReader(_PrependedReader(self.first_bytes, self.file), SAMPLE_BYTES)


def open_stream(file: BinaryIO, name: str) -> Stream:
    """Read the head of ``file`` and return both."""
    return Stream(file, name, file.read(SAMPLE_BYTES))


def open_member(
    archive: Stream, file: BinaryIO, name: str, outer_offset: Callable[[int], int] = no_entry_point
) -> Stream:
    """Return a file within an archive as a stream one deeper, its bytes counted with the archive's."""
    return Stream(file, name, file.read(SAMPLE_BYTES), archive.depth + 1, outer_offset, archive.budget)


class _PrependedReader(io.RawIOBase):
    """A file that can't seek, from its start again: the head that was read, then the rest."""

    def __init__(self, first_bytes: bytes, rest: BinaryIO) -> None:
        self._first_bytes = io.BytesIO(first_bytes)
        self._rest = rest
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for a wider type
        data = self._first_bytes.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
