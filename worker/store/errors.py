"""An error of the database goes in; out comes whether the same will go well another time, and how to tell it.

What the data caused is found by trying files one by one, and counted; what the database caused is only waited for.
"""

import psycopg
from sqlalchemy.exc import DBAPIError

#: What statements raise, as SQLAlchemy wraps it, and what COPY raises, bare.
ERRORS = (DBAPIError, psycopg.Error)

#: Classes of SQLSTATE that data bring about: a value that can't be, a broken rule, a limit, a fault inside Postgres.
_OF_DATA = frozenset({"22", "23", "54", "XX"})
#: The statement ran out of its time: it would again.
_TIMED_OUT = "57014"


def is_transient(error: BaseException) -> bool:
    """Return whether the database, its host or its configuration is at fault, and not what was to be written."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(raw, "sqlstate", None)
    if code is None:  # raised on this side: the connection broke, or a value could not be sent
        return isinstance(raw, psycopg.OperationalError | psycopg.InterfaceError)
    return code[:2] not in _OF_DATA and code != _TIMED_OUT


def message(error: BaseException) -> str:
    """Return the first line of what the database said."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    return (str(raw).strip().splitlines() or [type(raw).__name__])[0]
