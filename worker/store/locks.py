"""All advisory locks. Their numbers never change: processes of an older and a newer version share one database."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from worker.errors import RetryError
from worker.store.execute import execute

#: The first number of each pair: any that no other user of the database takes.
_CLASS = 0x434F5044  # "COPD"
#: The first number of the locks that prove workers alive; the second is the session's ``files.holder``.
HOLDER_CLASS = _CLASS + 1


class AdvisoryLock(IntEnum):
    """The second number of each pair."""

    #: one process migrates the tables
    MIGRATION = 1
    #: one transaction gives ids and stories to articles
    PLACEMENT = 2
    #: one scheduler sweeps
    SWEEPER = 3
    #: one `copydesk reprocess` runs
    REPROCESS = 4
    #: one command runs that removes kept bytes (`copydesk prune`, `erase`) or copies them (`backup`)
    PRUNE = 5
    #: one transaction indexes articles for the search, or removes some of their words
    SEARCH_INDEX = 6
    #: one scheduler sends messages to webhooks
    WEBHOOKS = 7

    @property
    def commands(self) -> str:
        """The commands that take it, for the error of another one."""
        return {"PRUNE": "`copydesk prune`, `copydesk backup` or `copydesk erase`"}.get(
            self.name, f"`copydesk {self.name.lower()}`"
        )

    @property
    def pair(self) -> dict[str, int]:
        """Its two numbers, as the parameters ``a`` and ``b``."""
        return {"a": _CLASS, "b": int(self)}


_LOCK = text("SELECT pg_advisory_lock(:a, :b)")
_TRY_LOCK = text("SELECT pg_try_advisory_lock(:a, :b)")
_UNLOCK = text("SELECT pg_advisory_unlock(:a, :b)")

#: True for a row whose worker is gone. ``pg_locks`` shows the locks of all living sessions of this database.
HOLDER_GONE = f"""NOT EXISTS (
    SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = {HOLDER_CLASS}
    AND l.objid = files.holder::oid
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""

_HELD = text("""
    SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = :a AND objid = :b AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))""")

_LIVING = text(f"""
    SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = {HOLDER_CLASS} AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""")


def lock_placement(connection: Connection) -> None:
    """Take the lock under which articles get ids and stories; it ends with the transaction.

    This is a statement by itself: if it also read, the snapshot of that read would be older than the lock.
    """
    execute(connection, "SELECT pg_advisory_xact_lock(%(a)s, %(b)s)", AdvisoryLock.PLACEMENT.pair)


def lock_search_index(connection: Connection) -> None:
    """Take the lock under which the search index is written; it ends with the transaction."""
    execute(connection, "SELECT pg_advisory_xact_lock(%(a)s, %(b)s)", AdvisoryLock.SEARCH_INDEX.pair)


def lock_holder(connection: Connection, holder: int) -> None:
    """Take the lock that proves this worker session alive; it ends with the session."""
    connection.execute(_LOCK, {"a": HOLDER_CLASS, "b": holder})


def living_workers(connection: Connection) -> int:
    """Return the number of living worker processes; unlike a heartbeat, a lock ends with its process."""
    return int(connection.execute(_LIVING).scalar_one())


def try_lock_sweeper(connection: Connection) -> bool:
    """Take the lock of the scheduler that sweeps, or return False if another one has it; it ends with the session."""
    return _try_lock(connection, AdvisoryLock.SWEEPER)


def try_lock_webhooks(connection: Connection) -> bool:
    """Take the lock of the scheduler that sends to webhooks, or return False; it ends with the session."""
    return _try_lock(connection, AdvisoryLock.WEBHOOKS)


def sends_webhooks(connection: Connection) -> bool:
    """Return whether a scheduler has the lock with which it sends to webhooks."""
    return bool(connection.execute(_HELD, AdvisoryLock.WEBHOOKS.pair).scalar_one())


@contextmanager
def migration(connection: Connection) -> Iterator[None]:
    """Hold the migration lock inside the block, after waiting for it without limit; the session is closed then."""
    connection.execute(text("SET lock_timeout = 0"))
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(_LOCK, AdvisoryLock.MIGRATION.pair)
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(_UNLOCK, AdvisoryLock.MIGRATION.pair)
        connection.commit()
        connection.invalidate()  # its timeouts were lifted


@contextmanager
def hold(engine: Engine, job: AdvisoryLock) -> Iterator[None]:
    """Let no other process run the same job inside the block.

    Raises:
        RetryError: another process runs it.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not _try_lock(connection, job):
            raise RetryError(f"Another {job.commands} is under way on this database.")
        try:
            yield
        finally:
            with suppress(DBAPIError):  # a session that is gone has lost its lock
                connection.execute(_UNLOCK, job.pair)
            connection.invalidate()


def _try_lock(connection: Connection, lock: AdvisoryLock) -> bool:
    return bool(connection.execute(_TRY_LOCK, lock.pair).scalar_one())
