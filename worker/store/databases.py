"""Databases for one run of ``evaluate`` or ``bench``, next to that of the service on the same server."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from worker.errors import CopydeskError


@contextmanager
def temporary_database(server: Engine, name: str) -> Iterator[None]:
    """Create an empty database, and drop it after the block.

    Raises:
        CopydeskError: the server's role may not create databases.
    """
    admin = server.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except ProgrammingError as error:
        raise CopydeskError(
            "This role may not create a database to evaluate in. Unset DATABASE_URL, or grant it CREATEDB."
        ) from error
    try:
        yield
    finally:
        with admin.connect() as connection:
            # not FORCE: that is refused while autovacuum, a superuser's process, looks at the database
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = :name AND usename = current_user"
                ),
                {"name": name},
            )
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
