"""Read-only connections with one consistent snapshot of the database.

A list that is read page by page neither misses nor repeats a row while the service keeps writing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from worker.errors import CopydeskError, RetryError
from worker.store.migrate import versions


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one read-only transaction, without a limit on idle time: output may be read slowly.

    Raises:
        RetryError: the database can't be reached, was lost, or took too long to answer.
        CopydeskError: there are no tables, or not those of this version.
    """
    try:
        with engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection:
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            yield connection
    except OperationalError as error:
        if isinstance(error.orig, errors.QueryCanceled):
            raise RetryError("The database took too long to answer. Ask for less, or again later.") from error
        why = str(error.orig).strip().splitlines()[0]
        raise RetryError(f"The database {_where(engine)} can't be reached: {why}. Is DATABASE_URL right?") from error
    except ProgrammingError as error:
        if isinstance(error.orig, errors.UndefinedTable | errors.UndefinedColumn):
            if versions(engine)[0] is None:
                raise CopydeskError(
                    f"The database {_where(engine)} holds no archive. Set DATABASE_URL to the database of the service; "
                    "to create an archive there: copydesk migrate."
                ) from error
            raise CopydeskError("The database's tables are not those of this version: run copydesk migrate.") from error
        raise


def _where(engine: Engine) -> str:
    return engine.url.set(username=None, password=None).render_as_string()
