"""Restore a backup onto an empty installation.

Rows are written in one transaction, which is committed once all of the backup was compared with its digests. Kept bytes
are written before that; without rows they are harmless, and a repeated restore writes them again.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO

from sqlalchemy import Connection, Engine

from worker import archive
from worker.errors import CopydeskError
from worker.operations.backup import Advance
from worker.operations.backup_file import BackupDigests, BackupHeader, read_backup
from worker.settings import Settings
from worker.store import backup as store
from worker.store import webhooks
from worker.store.migrate import migrate, versions

#: Why nothing is sent to webhooks after a restore.
_RESTORED = "A backup was restored, maybe next to the installation that it was made of."


def restore(
    settings: Settings, engine: Engine, source: BinaryIO, advance: Advance
) -> tuple[BackupHeader, BackupDigests]:
    """Restore a backup, and migrate it to this version.

    Raises:
        CopydeskError: the database is not empty, or the backup is damaged or of a newer version. It is empty then.
    """
    with Restoration(settings, engine, advance) as restoration:
        digests = read_backup(source, restoration)
        restoration.finish()
    migrate(engine)
    store.analyze(engine)
    return restoration.header, digests


class Restoration:
    """Receives a backup: a context that rolls the database back unless `finish` was called."""

    header: BackupHeader

    def __init__(self, settings: Settings, engine: Engine, advance: Advance) -> None:
        self._settings, self._engine, self._advance = settings, engine, advance
        self._connection: Connection | None = None
        self._stack, self._copying = ExitStack(), ExitStack()
        self._table = ""
        self._rows = self._files = 0

    def __enter__(self) -> "Restoration":
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._copying.__exit__(*error)  # type: ignore[arg-type]
        finally:
            self._stack.__exit__(*error)  # type: ignore[arg-type]

    def begin(self, header: BackupHeader) -> None:
        """Create the tables as they were, begin the transaction, and check that they are empty."""
        self.header = header
        _require_known(header, versions(self._engine)[1])
        _create_tables(self._engine, header.schema)
        self._connection = self._stack.enter_context(self._engine.connect())
        self._stack.enter_context(self._connection.begin())
        store.lift_limits(self._connection)
        _require_empty(self._connection)
        if "feed_epochs" in header.rows:
            store.clear_epochs(self._connection)

    @property
    def connection(self) -> Connection:
        """The transaction."""
        if self._connection is None:
            raise RuntimeError("no header was received")
        return self._connection

    def rows(self, table: str, data: bytes) -> None:
        """Copy rows into their table; all of a table come one after the other."""
        if table != self._table:
            self._end_table()
            names = self.header.columns[table]
            self._copy = self._copying.enter_context(store.copy_in(self.connection, table, names))
            self._table = table
        self._copy.write(data)
        self._rows += data.count(b"\n")
        self._advance("rows", self._rows, sum(self.header.rows.values()))

    def _end_table(self) -> None:
        """Let Postgres check the keys of the last table."""
        self._copying.close()

    def kept(self, name: str, blocks: Iterator[bytes]) -> None:
        """Write the bytes of a file to its place."""
        self._end_table()
        archive.put_back(self._settings, name, blocks)
        self._files += 1
        self._advance("files", self._files, max(self._files, self.header.contents))

    def finish(self) -> None:
        """Compare the numbers of rows, begin a new epoch of the change feed, and commit."""
        self._end_table()
        for table, rows in self.header.rows.items():
            if (stored := store.count(self.connection, table)) != rows:
                raise CopydeskError(f"{table} has {stored:,} rows after the restore, and had {rows:,} in the backup.")
        store.set_sequences(self.connection, self.header.sequences)
        if "feed_epochs" in self.header.rows:  # a backup of an older version gets its first epoch by the migration
            store.begin_epoch(self.connection)
        if "webhooks" in self.header.rows:  # else a second installation, for a trial, would send what the first sends
            webhooks.disable_all(self.connection, _RESTORED)
        os.sync()  # the rows say that the bytes are there
        self._stack.close()


def _require_known(header: BackupHeader, newest: str) -> None:
    if header.schema > newest:
        raise CopydeskError(
            f"The backup is of Copydesk {header.copydesk} with tables of version {header.schema}, and this version "
            f"knows them up to {newest}: install that version, restore, and upgrade then."
        )
    for table, names in header.columns.items():
        if table not in store.TABLES or not set(names) <= set(store.columns(table)):
            raise CopydeskError(f"The backup names the table {table!a} with columns that this version does not know.")


def _create_tables(engine: Engine, schema: str) -> None:
    """Bring an empty database to the version of the backup, from which migrations lead to this version."""
    current, _ = versions(engine)
    if current not in {None, schema}:
        with engine.begin() as connection:
            _require_empty(connection)
        store.drop_tables(engine)
    migrate(engine, schema)


def _require_empty(connection: Connection) -> None:
    if not store.lock_empty(connection):
        raise CopydeskError(
            "This database is not empty, and a restore would mix two archives. Restore into an empty one: set another "
            "DATABASE_URL or COPYDESK_DATA_DIR."
        )
