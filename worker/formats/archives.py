""".gz, .zst and .zip -> the files within, as streams; their names are looked at for a suffix and nothing else.

A member that can't be opened is an error in the place of its stream, so that the others go on.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from worker.errors import QuarantineError
from worker.formats.decompression import DecompressedStream, GzipReader, zstandard_reader
from worker.formats.limits import Limits, Span
from worker.formats.stream import Stream, no_entry_point, open_member

#: A .zip within another archive can't be entered in place: it is unpacked to memory, up to this.
MAX_NESTED_ZIP_BYTES = 64_000_000
#: A directory entry has 46 bytes and a name, rarely over 250.
_DIRECTORY_ENTRY_BYTES = 300
_END_OF_DIRECTORY = b"PK\x05\x06"
_ENCRYPTED = 0x1


def unpack_gzip(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream]:
    """Yield the one file in a gzip file, from the member at the span's offset on."""
    reader = GzipReader(stream.open_at(span.offset))
    content = DecompressedStream(reader.read, lambda: reader.compressed_bytes, limits, stream.budget).buffered()
    yield open_member(
        stream, content, _without_suffix(stream.name), reader.member_offset if stream.depth == 0 else no_entry_point
    )


def unpack_zstandard(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream]:
    """Yield the one file in a Zstandard file."""
    del span
    file = stream.open_at()
    content = DecompressedStream(zstandard_reader(file), file.tell, limits, stream.budget).buffered()
    yield open_member(stream, content, _without_suffix(stream.name))


def unpack_zip(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream | QuarantineError]:
    """Yield each file in a zip file; folders and what systems add (dot files, __MACOSX) are passed over."""
    del span
    file = stream.open_at()
    if not file.seekable():
        file = io.BytesIO(file.read(MAX_NESTED_ZIP_BYTES + 1))
        if len(file.getbuffer()) > MAX_NESTED_ZIP_BYTES:
            raise QuarantineError("It is a zip file of over 64 MB within another archive: send it on its own.")
    _refuse_too_many_members(file, limits)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise QuarantineError(f"The zip file is damaged ({error}): send it again.") from error
    with archive:
        for info in archive.infolist():
            parts = info.filename.split("/")
            if not info.is_dir() and not parts[-1].startswith(".") and parts[0] != "__MACOSX":
                yield from _open_zip_member(stream, archive, info, limits)
            if stream.budget.unpacked > limits.max_unpacked_bytes:
                raise QuarantineError(f"It unpacks to more than {limits.max_unpacked_bytes:,} bytes in all.")


def _open_zip_member(
    stream: Stream, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits
) -> Iterator[Stream | QuarantineError]:
    escaped_name = info.filename[-80:].encode("unicode_escape").decode()
    if info.flag_bits & _ENCRYPTED:
        yield QuarantineError(f"The file {escaped_name} in the archive is encrypted: send it without a password.")
        return
    try:
        with archive.open(info) as packed:
            content = DecompressedStream(packed.read, lambda: info.compress_size, limits, stream.budget).buffered()
            member = open_member(stream, content, info.filename.rpartition("/")[2])
            member.error_prefix = f"The file {escaped_name} in the archive: "
            yield member
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        yield QuarantineError(f"The file {escaped_name} in the archive can't be unpacked ({error}).")


def _refuse_too_many_members(file: BinaryIO, limits: Limits) -> None:
    """Refuse an archive whose directory would fill the memory, before zipfile loads it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 65_557, 0))  # a comment of 65,535 bytes may follow the 22 bytes of the record
    tail = file.read()
    record = tail.rfind(_END_OF_DIRECTORY)
    if (
        record >= 0
        and int.from_bytes(tail[record + 12 : record + 16], "little") > limits.max_members * _DIRECTORY_ENTRY_BYTES
    ):
        raise QuarantineError(f"The zip file holds more than {limits.max_members:,} files: send it in parts.")
    file.seek(0)


def _without_suffix(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot else name
