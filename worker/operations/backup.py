"""Write a backup while the service runs: all tables and the kept bytes that they name, from one snapshot.

Kept bytes never change. So the files that the snapshot names are those of its moment, whenever they are copied; only
``prune`` removes them, and waits.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from worker import __version__, archive
from worker.errors import CopydeskError
from worker.operations.backup_file import BackupDigests, BackupHeader, BackupWriter, read_backup
from worker.settings import Settings, names_set
from worker.store import backup as store
from worker.store.locks import AdvisoryLock, hold
from worker.store.migrate import versions
from worker.store.read.snapshot import snapshot

#: Called with (kind, done, total), where kind is "rows" or "files".
Advance = Callable[[str, int, int], None]


def back_up(settings: Settings, engine: Engine, out: BinaryIO, advance: Advance) -> BackupDigests:
    """Write a backup to ``out``.

    Raises:
        RetryError: bytes are being removed, or the database can't be reached.
        CopydeskError: the tables are not those of this version.
    """
    current, newest = versions(engine)
    if current != newest:
        raise CopydeskError(f"The tables are at version {current}, not {newest}: run copydesk migrate first.")
    with hold(engine, AdvisoryLock.PRUNE), snapshot(engine) as connection:
        store.lift_limits(connection)
        header = _header(connection, newest)
        writer = BackupWriter(out, header)
        _write_tables(connection, writer, header, advance)
        _write_contents(settings, connection, writer, header, advance)
        writer.close()
    return writer.digests


def _header(connection: Connection, schema: str) -> BackupHeader:
    return BackupHeader(
        copydesk=__version__,
        schema=schema,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        settings=names_set(),
        columns={table: store.columns(table) for table in store.TABLES},
        rows={table: store.count(connection, table) for table in store.TABLES},
        sequences=store.sequences(connection),
        contents=store.count_contents(connection),
    )


def _write_tables(connection: Connection, writer: BackupWriter, header: BackupHeader, advance: Advance) -> None:
    done, total = 0, sum(header.rows.values())

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        advance("rows", done, total)

    for table in store.TABLES:
        writer.add_rows(table, store.copy_out(connection, table), count)


def _write_contents(
    settings: Settings, connection: Connection, writer: BackupWriter, header: BackupHeader, advance: Advance
) -> None:
    for number, (sha256, paths) in enumerate(store.contents(connection), 1):
        written = 0
        for name, source in archive.open_copies(settings, sha256, paths):
            with closing(source):
                written += writer.add_kept(name, source)
        if not written:
            writer.digests.damaged.append(sha256.hex())
        advance("files", number, header.contents)


class _Nothing:
    """Receives a backup that is only checked."""

    def begin(self, header: BackupHeader) -> None:
        """Ignore the header."""

    def rows(self, table: str, data: bytes) -> None:
        """Ignore the rows."""

    def kept(self, name: str, blocks: Iterator[bytes]) -> None:  # noqa: ARG002
        """Read the bytes, which compares them with their name."""
        for _ in blocks:
            pass


def check_backup(source: BinaryIO) -> None:
    """Read a backup and compare all of it with its digests.

    Raises:
        CopydeskError: it is damaged or not complete.
    """
    read_backup(source, _Nothing())
