"""Wait for the next change without a thread or a database connection for each request that waits."""

import asyncio
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from worker.store.id_search import newest_id
from worker.store.models import changes

#: How often the newest change is looked up while requests wait: once for all of them.
_POLL_SECONDS = 0.25
#: Requests that may wait at once, of the hundred that are answered at once; more are answered without waiting.
_MOST_WAITING = 40


class FeedWatch:
    """What the waiting requests of a process share. It is used in the event loop alone."""

    def __init__(self) -> None:
        self._look: asyncio.Task[int] | None = None
        self._waiting = 0
        #: Whether the server stops; requests that wait are answered at once.
        self.ending = False

    async def wait(self, engine: Engine, after: int, seconds: float) -> None:
        """Return when there is a change with an id above ``after``, at the latest after ``seconds``."""
        if self._waiting >= _MOST_WAITING:
            return
        self._waiting += 1
        try:
            await self.reaches(engine, after, seconds)
        finally:
            self._waiting -= 1

    async def reaches(self, engine: Engine, after: int, seconds: float) -> bool:
        """Wait until there is a change with an id above ``after``; return False after ``seconds`` or at the end."""
        end = asyncio.get_running_loop().time() + seconds
        while not self.ending and asyncio.get_running_loop().time() < end:
            if await self._newest(engine) > after:
                return True
        return False

    async def close(self) -> None:
        """Wait for the end of a look-up, whose thread has a connection of the database."""
        if self._look is not None:
            with suppress(SQLAlchemyError):
                await self._look

    async def _newest(self, engine: Engine) -> int:
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(_newest_soon(engine))
        return await asyncio.shield(self._look)  # the end of one request does not end the look-up of the others


async def _newest_soon(engine: Engine) -> int:
    await asyncio.sleep(_POLL_SECONDS)
    return await run_in_threadpool(_newest, engine)


def _newest(engine: Engine) -> int:
    with engine.connect() as connection:
        return newest_id(connection, changes)
