"""The driver beneath a connection: statements of every batch go to psycopg itself.

SQLAlchemy takes four times as long over a small statement as psycopg does (60 to 90 µs against 15 to 20), and a batch
has some thirty. Errors come bare, as those of COPY do; see `worker/store/trouble.py`.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection


def cursor(connection: Connection) -> psycopg.Cursor[Any]:
    """Return a cursor within the connection's transaction."""
    return _driver(connection).cursor()


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    found = connection.connection.driver_connection
    if not isinstance(found, psycopg.Connection):  # pragma: no cover - the engine is made for psycopg
        raise TypeError("the hot path needs a psycopg connection")
    return found


def execute(connection: Connection, statement: str, values: Mapping[str, object] | None = None) -> psycopg.Cursor[Any]:
    """Send one statement with ``%(name)s`` for values; what comes back yields its rows as tuples.

    Many rows are better fetched all at once: each costs a quarter then.
    """
    driver = _driver(connection)
    try:
        return driver.execute(statement, values)
    except psycopg.Error as error:
        if driver.closed:  # else rolling back would fail too, and hide why
            connection.invalidate(error)
        raise
