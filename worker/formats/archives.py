"""Open .gz, .zst and .zip files and yield their members as streams; a member's name only supplies a suffix.

For a member that can't be opened, the error is yielded in its place, so that the other members are still read.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import BinaryIO, ParamSpec, TypeVar, cast

from worker.errors import QuarantineError
from worker.formats.decompression import DecompressedStream, GzipReader, zstandard_reader
from worker.formats.faults import is_of_machine
from worker.formats.limits import Limits, Span
from worker.formats.stream import Stream, is_of_system, no_entry, open_member, shown_path

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
#: A .zip within another archive is not seekable: it is unpacked to memory, up to this size.
MAX_NESTED_ZIP_BYTES = 64_000_000
#: A directory entry has 46 bytes and a name, rarely of more than 250.
_ENTRY_BYTES = 300
_ENTRY_SIGNATURE = b"PK\x01\x02"
_ENCRYPTED = 0x1
#: The pages of a crawl in WACZ; its lists of pages and its logs repeat them or hold no text.
_CRAWL = re.compile(r"archive/[^/]+\.warc(?:\.gz)?\Z")


def unpack_gzip(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream]:
    """Yield the content of a gzip file, starting at the member at the span's offset."""
    reader = GzipReader(stream.open_at(span.offset))
    content = DecompressedStream(reader.read, lambda: reader.compressed_bytes, limits, stream.budget).buffered()
    yield open_member(stream, content, _stem(stream.name), reader.member_offset if stream.depth == 0 else no_entry)


def unpack_zstandard(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream]:
    """Yield the content of a Zstandard file."""
    del span
    file = stream.open_at()
    content = DecompressedStream(zstandard_reader(file), file.tell, limits, stream.budget).buffered()
    yield open_member(stream, content, _stem(stream.name))


def unpack_zip(stream: Stream, limits: Limits, span: Span) -> Iterator[Stream | QuarantineError]:
    """Yield each file in a zip file; skip folders and files that operating systems add (dot files, __MACOSX)."""
    del span
    file = stream.open_at()
    if not file.seekable():
        file = io.BytesIO(file.read(MAX_NESTED_ZIP_BYTES + 1))
        if len(file.getbuffer()) > MAX_NESTED_ZIP_BYTES:
            raise QuarantineError("It is a zip file of over 64 MB within another archive: send it on its own.")
    limiter = _DirectoryLimiter(file, limits)
    disk = _DiskErrors(cast("BinaryIO", limiter))
    try:
        archive = zipfile.ZipFile(cast("BinaryIO", disk))
        limiter.opened = True
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        disk.raise_again()
        raise QuarantineError(f"The zip file is damaged ({error}): send it again.") from error
    with archive:
        members = archive.infolist()
        is_crawl = any(_CRAWL.match(info.filename) for info in members)
        for info in members:
            if is_crawl and not _CRAWL.match(info.filename):
                continue
            if not info.is_dir() and not is_of_system(info.filename):
                yield from _open_zip_member(stream, archive, info, limits)
                disk.raise_again()
            if stream.budget.unpacked > limits.max_unpacked_bytes:
                raise QuarantineError(f"It unpacks to more than {limits.max_unpacked_bytes:,} bytes in all.")


class _DiskErrors:
    """A file that keeps the disk's error: zipfile takes one for the sign that the file is no zip file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: OSError | None = None
        self.seekable = file.seekable
        self.read = self._kept(file.read)
        self.seek = self._kept(file.seek)
        self.tell = self._kept(file.tell)

    def raise_again(self) -> None:
        """Raise the error of the disk, if there was one."""
        if self._error is not None and is_of_machine(self._error):
            raise self._error

    def _kept(self, call: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
        def keep(*arguments: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
            try:
                return call(*arguments, **named)
            except OSError as error:
                self._error = error
                raise

        return keep


def _open_zip_member(
    stream: Stream, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits
) -> Iterator[Stream | QuarantineError]:
    escaped_name = shown_path(info.filename)
    if info.flag_bits & _ENCRYPTED:
        yield QuarantineError(f"The file {escaped_name} in the archive is encrypted: send it without a password.")
        return
    try:
        with archive.open(info) as packed:
            content = DecompressedStream(packed.read, lambda: info.compress_size, limits, stream.budget).buffered()
            member = open_member(stream, content, info.filename.rpartition("/")[2])
            member.declared_size = info.file_size
            member.error_prefix = f"The file {escaped_name} in the archive: "
            yield member
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        yield QuarantineError(f"The file {escaped_name} in the archive can't be unpacked ({error}).")


class _DirectoryLimiter:
    """A file whose directory zipfile reads at once; refuses one that would fill the memory, however it is declared."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self.opened = False
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self.opened or size < 0:  # negative: the end of the file, where the directory is declared
            return self._file.read(size)
        limit = self._limits.max_members * _ENTRY_BYTES
        data = self._file.read(min(size, limit + 1))
        if len(data) > limit or data.count(_ENTRY_SIGNATURE) > self._limits.max_members:
            raise QuarantineError(f"The zip file holds more than {self._limits.max_members:,} files: send it in parts.")
        return data


def _stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot else name
