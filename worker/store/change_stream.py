"""The change feed as a stream: all changes after an id, also future ones, each once and in order.

Postgres wakes the reader at each commit (LISTEN). A wake-up that is lost with a connection costs nothing: the reader
always reads from the table, after its last id. A restore while it waits is noticed by the epoch of that change.
"""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from worker.process import log
from worker.store.read.changes import CHANNEL, ChangeRow, stored

logger = log.get(__name__)

#: The table is read this often even without a wake-up: a waiting connection can be cut without a sign.
_POLL_SECONDS = 5.0


def follow(
    engine: Engine, after: int, wait: Callable[[float], object], epoch: UUID | None = None
) -> Iterator[ChangeRow]:
    """Yield the changes after the id ``after`` without end; ``wait`` is called while the database is gone.

    Raises:
        LostPositionError: the database was restored from a backup without the last change, also in between.
    """
    while True:
        try:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                driver = connection.connection.driver_connection
                if not isinstance(driver, psycopg.Connection):  # pragma: no cover - the engine is made for psycopg
                    raise TypeError("LISTEN needs a psycopg connection")
                # before the first read: a commit between the two then wakes this reader
                driver.execute(f"LISTEN {CHANNEL}")
                while True:
                    for row in stored(engine, after, epoch):
                        yield row
                        after, epoch = row.id, row.epoch
                    for _ in driver.notifies(timeout=_POLL_SECONDS, stop_after=1):
                        pass
        except (OperationalError, psycopg.OperationalError) as error:
            logger.warning("the database is gone, the change feed waits", reason=str(error))
            wait(1.0)
