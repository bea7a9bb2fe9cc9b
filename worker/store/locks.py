"""Some commands must not run twice at once on one database: an advisory lock for the length of a block."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from worker.errors import RetryError
from worker.store.migrate import LOCK_CLASS


class JobLock(IntEnum):
    """What runs once at a time; the number of its lock, beside those of migration, placing and sweeping."""

    REPROCESS = 4
    PRUNE = 5


@contextmanager
def hold(engine: Engine, what: JobLock) -> Iterator[None]:
    """Let nobody else do the same inside the block.

    Raises:
        RetryError: somebody does.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        values = {"a": LOCK_CLASS, "b": int(what)}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:a, :b)"), values).scalar_one():
            raise RetryError(f"Another `copydesk {what.name.lower()}` is under way on this database.")
        try:
            yield
        finally:
            with suppress(DBAPIError):  # whose session is gone has no lock any more
                connection.execute(text("SELECT pg_advisory_unlock(:a, :b)"), values)
            connection.invalidate()
