"""The change feed as it happens: an id goes in, all later changes come out, those to come too, each once and in order.

Postgres wakes the reader at each commit (LISTEN); a wake-up that is lost with a connection costs nothing, because what
is new is always read from the table, behind the last id.
"""

from collections.abc import Callable, Iterator

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from worker.process import log
from worker.store.read.changes import ChangeRow, changes
from worker.store.stories import CHANNEL

logger = log.get(__name__)

#: Rows read at once.
_PAGE = 1_000
#: The table is looked at this often even when nobody was woken: a sleeping connection can be cut without a sign.
_LOOK_SECONDS = 5.0


def stored(engine: Engine, after: int) -> Iterator[ChangeRow]:
    """Yield the changes behind ``after`` that there are."""
    while True:
        with engine.connect() as connection:
            page = changes(connection, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def follow(engine: Engine, after: int, wait: Callable[[float], object]) -> Iterator[ChangeRow]:
    """Yield the changes behind ``after``, and go on for ever; ``wait`` is called while the database is gone."""
    while True:
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                driver = connection.connection.driver_connection
                if not isinstance(driver, psycopg.Connection):  # pragma: no cover - the engine is made for psycopg
                    raise TypeError("LISTEN needs a psycopg connection")
                # heard from before the first look: what is committed between the two wakes us
                driver.execute(f"LISTEN {CHANNEL}")
                while True:
                    for row in stored(engine, after):
                        yield row
                        after = row.id
                    for _ in driver.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                        pass
        except (OperationalError, psycopg.OperationalError) as error:
            logger.warning("the database is gone, the change feed waits", reason=str(error))
            wait(1.0)
