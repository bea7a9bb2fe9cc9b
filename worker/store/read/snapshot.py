"""An engine goes in, a read-only connection that sees one moment of the database comes out.

A list that is read page by page neither misses nor repeats a row while the service goes on writing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one read-only transaction, which may stand idle while somebody reads its output."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        yield connection
