"""A file on its way to a reader, and one record of it on its way to becoming an article.

The head is read once and serves both the choice of the reader and, for small files, the reading itself.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, NamedTuple

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.decode import decode, is_wide

#: Enough for a JSON line or a page's <head>, and most articles whole; read in one call, it costs 2 µs.
HEAD_BYTES = 32_768


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


def nowhere(offset: int) -> int:
    """Return 0: a place within this file can't be entered from outside."""
    del offset
    return 0


def _same(offset: int) -> int:
    return offset


@dataclass(slots=True)
class Stream:
    """A file or a member of an archive, its first bytes already read.

    ``name`` is a hint for its suffix and is never used as a path. ``depth`` counts the archives around it.
    ``outside`` turns an offset within it into one of the archive around it (0: can't be entered there).
    """

    file: BinaryIO
    name: str
    head: bytes
    depth: int = 0
    outside: Callable[[int], int] = _same
    spent: UnpackBudget = field(default_factory=UnpackBudget)
    #: what a sentence about it begins with, so that it is found within its archive
    place: str = ""

    def whole(self, limit: int) -> bytes:
        """Return all bytes; QuarantineError beyond ``limit`` bytes, of which no more than that is read."""
        data = self.head
        if len(data) == HEAD_BYTES:  # a shorter head is the whole file
            data += self.file.read(max(limit + 1 - len(data), 0))
        if len(data) > limit:
            raise QuarantineError(
                f"It is larger than one article may be ({limit:,} bytes): split it, or raise max_article_bytes."
            )
        return data

    def narrow(self, limit: int) -> "Stream":
        """Return a stream whose bytes are letters: UTF-16 of up to ``limit`` bytes becomes UTF-8."""
        if not is_wide(self.head):
            return self
        recoded = io.BytesIO(decode(self.whole(limit)).text.encode())
        return replace(self, file=recoded, head=recoded.read(HEAD_BYTES), outside=nowhere)

    def start(self, offset: int = 0) -> BinaryIO:
        """Return the file for reading from ``offset``; only files that can seek know others than 0."""
        if self.file.seekable():
            self.file.seek(offset)
            return self.file
        return io.BufferedReader(_Rewound(self.head, self.file), HEAD_BYTES)


def open_stream(file: BinaryIO, name: str) -> Stream:
    """Read the head of ``file`` and return both."""
    return Stream(file, name, file.read(HEAD_BYTES))


def open_member(archive: Stream, file: BinaryIO, name: str, outside: Callable[[int], int] = nowhere) -> Stream:
    """Return a file within an archive as a stream one deeper, its bytes counted with the archive's."""
    return Stream(file, name, file.read(HEAD_BYTES), archive.depth + 1, outside, archive.spent)


class _Rewound(io.RawIOBase):
    """A file that can't seek, from its start again: the head that was read, then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest
        self._place = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed asks for a wider type
        data = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        self._place += len(data)
        return len(data)
