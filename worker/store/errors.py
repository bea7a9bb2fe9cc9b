"""Classify errors of the database: may the same statement succeed later, and what is the message.

Errors caused by data are isolated by trying files one by one, and counted; errors of the database are waited out.
"""

import psycopg
from sqlalchemy.exc import DBAPIError

#: Errors of statements, as SQLAlchemy wraps them, and errors of psycopg itself, as COPY raises them.
ERRORS = (DBAPIError, psycopg.Error)

#: Classes of SQLSTATE that data cause: an invalid value, a broken constraint, a limit.
_OF_DATA = frozenset({"22", "23", "54"})
#: A fault inside Postgres, which a value may cause. The others of its class are damaged tables and indexes.
_INTERNAL = "XX000"
#: The statement exceeded its time; it would again.
_TIMED_OUT = "57014"


def is_transient(error: BaseException) -> bool:
    """Return whether the cause is the database, its host or its configuration, and not the data to write."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(raw, "sqlstate", None)
    if code is None:  # raised by the client: the connection broke, or a value could not be sent
        return isinstance(raw, psycopg.OperationalError | psycopg.InterfaceError)
    return code[:2] not in _OF_DATA and code not in (_INTERNAL, _TIMED_OUT)


def is_timeout(error: BaseException) -> bool:
    """Return whether the statement took too long: to try it again in parts would take longer still."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    return getattr(raw, "sqlstate", None) == _TIMED_OUT


def message(error: BaseException) -> str:
    """Return the first line of the database's message."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    return (str(raw).strip().splitlines() or [type(raw).__name__])[0]
