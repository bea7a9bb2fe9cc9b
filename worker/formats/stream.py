"""The file that a reader receives, and the unparsed records that it yields.

The first bytes are read once: they select the reader and, for small files, are the whole content.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import BinaryIO, NamedTuple

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.decode import decode, is_utf16_or_utf32

#: Enough for a JSON line, a page's <head> or most whole articles; reading it in one call costs 2 µs.
SAMPLE_BYTES = 32_768


class Record(NamedTuple):
    """An unparsed record: its byte ``offset`` if reading can start there, else 0, and the function that parses it.

    ``article`` raises QuarantineError for a bad record; it is None for a blank line, which is only counted.
    Call it before the next record is requested. ``size`` is its unpacked size in bytes, about; 0 if that is little.
    """

    offset: int
    article: Callable[[], Article] | None
    size: int = 0


@dataclass(slots=True)
class UnpackBudget:
    """The number of bytes unpacked so far by all nested archives of a file together."""

    unpacked: int = 0


def no_entry(offset: int) -> int:
    """Return 0: reading can't start within this file."""
    del offset
    return 0


def _unchanged(offset: int) -> int:
    return offset


@dataclass(slots=True)
class Stream:
    """A file or a member of an archive, whose first bytes are already read.

    ``name`` only supplies a suffix and is never used as a path. ``depth`` is the number of enclosing archives.
    ``outer_offset`` maps an offset in it to an offset in the enclosing archive (0: reading can't start there).
    """

    file: BinaryIO
    name: str
    first_bytes: bytes
    depth: int = 0
    outer_offset: Callable[[int], int] = _unchanged
    budget: UnpackBudget = field(default_factory=UnpackBudget)
    #: prefix of error messages, which names the member of the archive
    error_prefix: str = ""
    #: the size that the enclosing archive declares, in bytes; no more than this can be read; 0: unknown
    declared_size: int = 0

    def read_all(self, limit: int) -> bytes:
        """Return all bytes; raise QuarantineError if there are more than ``limit``, without reading the rest."""
        data = self.first_bytes
        if len(data) == SAMPLE_BYTES:  # fewer bytes are the whole file
            data += self.file.read(max(limit + 1 - len(data), 0))
        if len(data) > limit:
            raise QuarantineError(
                f"It is larger than one article may be ({limit:,} bytes): split it, or raise max_article_bytes."
            )
        return data

    def as_utf8(self, limit: int) -> "Stream":
        """Return this stream recoded to UTF-8 if it is UTF-16 or UTF-32 of up to ``limit`` bytes."""
        if not is_utf16_or_utf32(self.first_bytes):
            return self
        recoded = io.BytesIO(decode(self.read_all(limit)).text.encode())
        return replace(self, file=recoded, first_bytes=recoded.read(SAMPLE_BYTES), outer_offset=no_entry)

    def open_at(self, offset: int = 0) -> BinaryIO:
        """Return the file positioned at ``offset``, which must be 0 for a file that is not seekable."""
        if self.file.seekable():
            self.file.seek(offset)
            return self.file
        return io.BufferedReader(_PrependedReader(self.first_bytes, self.file), SAMPLE_BYTES)


def open_stream(file: BinaryIO, name: str) -> Stream:
    """Return ``file`` as a stream; its first bytes are read."""
    return Stream(file, name, file.read(SAMPLE_BYTES))


def is_of_system(path: str) -> bool:
    """Return whether an operating system added the member ``path`` of an archive: a dot file, or one of __MACOSX."""
    parts = path.split("/")
    return parts[-1].startswith(".") or parts[0] == "__MACOSX"


def shown_path(path: str) -> str:
    """Return the path of a member of an archive for a message: its end, escaped."""
    return path[-80:].encode("unicode_escape").decode()


def open_member(archive: Stream, file: BinaryIO, name: str, outer_offset: Callable[[int], int] = no_entry) -> Stream:
    """Return a member of an archive as a stream that shares the archive's budget of unpacked bytes."""
    return Stream(file, name, file.read(SAMPLE_BYTES), archive.depth + 1, outer_offset, archive.budget)


class _PrependedReader(io.RawIOBase):
    """A reader of a file that is not seekable: the bytes that were already read, then the rest."""

    def __init__(self, first_bytes: bytes, rest: BinaryIO) -> None:
        self._first_bytes = io.BytesIO(first_bytes)
        self._rest = rest
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed requires a wider type
        data = self._first_bytes.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)
