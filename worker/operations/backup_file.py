"""The file of a backup: a gzipped tar of a header, the tables, the kept bytes and, at its end, the digests.

It is written and read as a stream, so it may go through a pipe. The digests are last: a file that breaks off has none.
"""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

import orjson
from pydantic import TypeAdapter, ValidationError

from worker import archive
from worker.errors import CopydeskError

#: Raised when a program that reads the present form could not read the next one.
FORMAT = 1
#: News texts shrink to 45 % at level 1; level 6 takes three times as long for another 5 %.
_LEVEL = 1
#: Rows are cut into members of this size, because tar needs the size of a member before its content.
_MEMBER_BYTES = 4 << 20
_BLOCK_BYTES = 1 << 20
_HEADER, _DIGESTS, _TABLES = "copydesk.json", "digests.json", "tables/"


@dataclass(frozen=True, slots=True)
class BackupHeader:
    """What a backup holds: versions, the names of the settings that were set, and per table columns and rows."""

    copydesk: str
    schema: str
    made_at: str
    settings: list[str]
    columns: dict[str, list[str]]
    rows: dict[str, int]
    sequences: dict[str, int]
    contents: int  # different contents of files that the ledger names
    format: int = FORMAT


@dataclass(slots=True)
class BackupDigests:
    """What was written: SHA-256 of the header and of the rows by table, and the stored files.

    ``damaged`` are the SHA-256 of contents that the archive lacked or had with other bytes; they are left out.
    """

    header: str = ""
    tables: dict[str, str] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0  # of the files, and of the reasons next to those in quarantine
    reasons: str = ""  # of what the quarantine says about its files, which no name gives a digest
    damaged: list[str] = field(default_factory=list)


class BackupWriter:
    """Writes a backup to a stream."""

    def __init__(self, out: BinaryIO, header: BackupHeader) -> None:
        self._gzip = gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL, filename="")
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        data = orjson.dumps(header)
        self.digests = BackupDigests(hashlib.sha256(data).hexdigest())
        self._reasons = hashlib.sha256()
        self._add(_HEADER, data)

    def _add(self, name: str, data: bytes) -> None:
        self._add_stream(name, io.BytesIO(data), len(data))

    def _add_stream(self, name: str, source: BinaryIO, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, source)
        self._tar.members.clear()  # type: ignore[attr-defined]  # else all of a million members stay in memory

    def add_rows(self, table: str, rows: Iterable[bytes], advance: Callable[[int], None]) -> None:
        """Write the rows of a table; calls ``advance`` with the number of rows since its last call."""
        digest, buffer, member, count = hashlib.sha256(), bytearray(), 0, 0
        for row in rows:
            buffer += row
            count += 1
            if len(buffer) >= _MEMBER_BYTES:
                digest.update(buffer)
                self._add(f"{_TABLES}{table}/{member:06}", bytes(buffer))
                advance(count)
                buffer.clear()
                member, count = member + 1, 0
        digest.update(buffer)
        self._add(f"{_TABLES}{table}/{member:06}", bytes(buffer))
        advance(count)
        self.digests.tables[table] = digest.hexdigest()

    def add_kept(self, name: str, source: BinaryIO) -> bool:
        """Write the bytes of a file; return False and leave them out if they are not those that its name says."""
        expected = archive.backed_up_sha256(name)
        digest = hashlib.sha256()
        while block := source.read(_BLOCK_BYTES):
            digest.update(block)
        if expected is None:
            self._reasons.update(digest.digest())
        elif digest.digest() != expected:
            return False
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
        self._add_stream(name, source, size)
        self.digests.files += expected is not None
        self.digests.bytes += size
        return True

    def close(self) -> None:
        """Write the digests and the end of the file."""
        self.digests.reasons = self._reasons.hexdigest()
        self._add(_DIGESTS, orjson.dumps(self.digests))
        self._tar.close()
        self._gzip.close()


class BackupReceiver(Protocol):
    """Takes the content of a backup in its order: the header, tables one after the other, and kept bytes."""

    def begin(self, header: BackupHeader) -> None:
        """Take the header."""

    def rows(self, table: str, data: bytes) -> None:
        """Take further rows of a table."""

    def kept(self, name: str, blocks: Iterator[bytes]) -> None:
        """Take the bytes of a file; ``blocks`` raises an error at its end if they are not those of the name."""


def read_backup(source: BinaryIO, receiver: BackupReceiver) -> BackupDigests:
    """Pass a backup to a receiver, and check it against its digests.

    Raises:
        CopydeskError: it is not a backup, of a later form, damaged, or not complete.
    """
    with _damage_explained(), gzip.GzipFile(fileobj=source, mode="rb") as unzipped:
        # 64 KB blocks: a pipe gives no more at once anyway
        with tarfile.open(fileobj=unzipped, mode="r|", bufsize=1 << 16) as tar:
            members = _members(tar)
            name, content = next(members, ("", io.BytesIO()))
            if name != _HEADER:
                raise CopydeskError("This is not a backup of Copydesk: it has no header.")
            data = content.read()
            header = _header(data)
            receiver.begin(header)
            digests = _read_content(members, header, receiver)
            if digests.header != hashlib.sha256(data).hexdigest():
                raise CopydeskError("The backup is damaged: its header was changed.")
        while unzipped.read(_BLOCK_BYTES):  # its checksum is compared at its end
            pass
    return digests


def _members(tar: tarfile.TarFile) -> Iterator[tuple[str, BinaryIO]]:
    while (member := tar.next()) is not None:
        tar.members.clear()  # type: ignore[attr-defined]
        content = tar.extractfile(member)
        if content is None:
            raise CopydeskError(f"The backup holds {member.name!a}, which is no file.")
        yield member.name, content  # type: ignore[misc]  # it is read-only


def _header(data: bytes) -> BackupHeader:
    version = orjson.loads(data).get("format")
    if version != FORMAT:
        raise CopydeskError(f"The backup has form {version}, and this version of Copydesk reads form {FORMAT}.")
    return TypeAdapter(BackupHeader).validate_json(data)


def _read_content(
    members: Iterator[tuple[str, BinaryIO]], header: BackupHeader, receiver: BackupReceiver
) -> BackupDigests:
    tables, reasons = {table: hashlib.sha256() for table in header.rows}, hashlib.sha256()
    read = BackupDigests()
    for name, content in members:
        if name == _DIGESTS:
            written = TypeAdapter(BackupDigests).validate_json(content.read())
            read.reasons = reasons.hexdigest()
            read.tables = {table: digest.hexdigest() for table, digest in tables.items()}
            _compare(read, written)
            return written
        if name.startswith(_TABLES):
            table, data = name.split("/")[1], content.read()
            if table not in tables:
                raise CopydeskError(f"The backup holds rows of {table!a}, which its header does not name.")
            tables[table].update(data)
            receiver.rows(table, data)
        else:
            receiver.kept(name, _checked(name, content, read, reasons))
    raise CopydeskError("The backup breaks off before its end: it was cut while it was written or copied.")


def _checked(name: str, content: BinaryIO, read: BackupDigests, reasons: "hashlib._Hash") -> Iterator[bytes]:
    expected, digest = archive.backed_up_sha256(name), hashlib.sha256()
    while True:
        with _damage_explained():  # here, because who writes the block could not tell whose error it is
            block = content.read(_BLOCK_BYTES)
        if not block:
            break
        digest.update(block)
        read.bytes += len(block)
        yield block
    read.files += expected is not None
    if expected is None:
        reasons.update(digest.digest())
    elif digest.digest() != expected:
        raise CopydeskError(f"The backup is damaged: {name} has other bytes than its name says.")


def _compare(read: BackupDigests, written: BackupDigests) -> None:
    wrong: Mapping[str, object] = {
        table: digest for table, digest in written.tables.items() if read.tables.get(table) != digest
    }
    if wrong or read.tables.keys() != written.tables.keys():
        raise CopydeskError(f"The backup is damaged: the rows of {', '.join(wrong) or 'some tables'} were changed.")
    if (read.files, read.bytes, read.reasons) != (written.files, written.bytes, written.reasons):
        raise CopydeskError(f"The backup is damaged: it has {read.files:,} of {written.files:,} files.")


@contextmanager
def _damage_explained() -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, ValidationError, orjson.JSONDecodeError) as error:
        raise CopydeskError(f"The backup is damaged, not complete, or no backup at all: {error}.") from error
