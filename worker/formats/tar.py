"""Read .tar files and yield their members as streams, one after another; nothing is unpacked to the disk.

Only names and sizes are read: of the many kinds of members, files alone have a text.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from worker.errors import QuarantineError
from worker.formats.limits import Limits, Span
from worker.formats.stream import Stream, is_of_system, open_member, shown_path

_BLOCK = 512
_SKIPPED_AT_ONCE = 1_048_576
#: A name of more bytes than a header holds is in a member of its own; longer ones are no names.
_MAX_NAME_BYTES = 65_536
_FILES, _GNU_NAME, _PAX_NAME = (b"0", b"\0", b"7"), b"L", b"x"
_DAMAGED = "The tar file is damaged: send it again."
_TRUNCATED = "The tar file breaks off before its end: it was cut while copied or downloaded; send it again."


class _Member(io.RawIOBase):
    """The content of a member: a part of the archive, which is read once and forwards."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(min(len(buffer), self._left))
        if not data and self._left and len(buffer):
            raise QuarantineError(_TRUNCATED)
        buffer[: len(data)] = data
        self._left -= len(data)
        self._position += len(data)
        return len(data)

    def skip(self) -> None:
        """Read what nobody asked for."""
        while self._left:
            self._left -= len(_exactly(self._file, min(self._left, _SKIPPED_AT_ONCE)))


def unpack(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream]:
    """Yield each file in a tar file, without those that operating systems add (dot files, __MACOSX)."""
    del span
    file = stream.open_at()
    count, long_name = 0, ""
    while header := _header(file):
        count += 1
        if count > limits.max_members:
            raise QuarantineError(f"The tar file holds more than {limits.max_members:,} files: send it in parts.")
        size, kind = _size(header), header[156:157]
        if kind in (_GNU_NAME, _PAX_NAME) and size <= _MAX_NAME_BYTES:
            long_name = _long_name(kind, _exactly(file, size)) or long_name
            _exactly(file, -size % _BLOCK)
            continue
        name, long_name = long_name or _text(header[:100].partition(b"\0")[0]), ""
        member = _Member(file, size)
        if kind in _FILES and not name.endswith("/") and not is_of_system(name.removeprefix("./")):
            yield _opened(stream, member, name, size)
        member.skip()
        _exactly(file, -size % _BLOCK)


def _opened(stream: Stream, member: _Member, name: str, size: int) -> Stream:
    opened = open_member(stream, io.BufferedReader(member, _SKIPPED_AT_ONCE), name.rpartition("/")[2])
    opened.declared_size = size
    opened.error_prefix = f"The file {shown_path(name)} in the archive: "
    return opened


def _header(file: BinaryIO) -> bytes | None:
    """Return the next header; None at the end, which is a block of zeros or the end of the file."""
    header = file.read(_BLOCK)
    if not header.strip(b"\0"):
        return None
    stated = header[148:156].strip(b"\0 ")
    if len(header) < _BLOCK:
        raise QuarantineError(_TRUNCATED)
    if (
        not stated
        or stated.strip(b"01234567")
        or int(stated, 8) != sum(header[:148]) + sum(header[156:]) + 8 * ord(" ")
    ):
        raise QuarantineError(_DAMAGED)
    return header


def _size(header: bytes) -> int:
    """Return the size of a member, in octal digits or, from 8 GB on, in binary."""
    written = header[124:136]
    if written[0] == 0x80:
        return int.from_bytes(written[1:], "big")
    digits = written.strip(b"\0 ")
    if digits.strip(b"01234567"):
        raise QuarantineError(_DAMAGED)
    return int(digits or b"0", 8)


def _long_name(kind: bytes, data: bytes) -> str:
    """Return the name that a member of its own states for the next member; empty if it states other things."""
    if kind == _GNU_NAME:
        return _text(data.rstrip(b"\0"))
    for record in data.split(b"\n"):
        _, _, value = record.partition(b" ")
        if value.startswith(b"path="):
            return _text(value.removeprefix(b"path="))
    return ""


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def _exactly(file: BinaryIO, size: int) -> bytes:
    """Return so many bytes; raise QuarantineError if the file ends before."""
    data = file.read(size)
    if len(data) < size:
        raise QuarantineError(_TRUNCATED)
    return data
