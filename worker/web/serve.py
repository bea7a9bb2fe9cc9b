"""Serve the site with Uvicorn until a signal stops the process."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp

from worker.article import ProcessKind
from worker.queue.heartbeat import BEAT_SECONDS, Heartbeat
from worker.settings import Settings
from worker.web.application import application
from worker.web.connection import BoundedConnection
from worker.web.v1.waiting import FeedWatch

#: Concurrent requests, of which each holds a database connection while it reads; Uvicorn answers more with 503.
_CONCURRENT_REQUESTS = 100


def serve(settings: Settings, engine: Engine, listener: socket.socket) -> None:
    """Answer requests on ``listener`` until SIGINT or SIGTERM."""
    watch = FeedWatch()
    site = application(settings, engine, lambda _: _alive(Heartbeat(engine, ProcessKind.WEB)), watch)
    _Server(configuration(site, settings.log_level), watch).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Uvicorn lets open requests end first, for 10 s; those that wait for a change would take all of it."""

    def __init__(self, config: uvicorn.Config, watch: FeedWatch) -> None:
        """Serve an application whose requests wait by ``watch``."""
        super().__init__(config)
        self._watch = watch

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the requests that wait, end the streams, and stop."""
        self._watch.ending = True
        await super().shutdown(sockets)


def configuration(site: ASGIApp, log_level: str) -> uvicorn.Config:
    """Return Uvicorn's configuration for ``site``."""
    return uvicorn.Config(
        site,
        http=BoundedConnection,
        ws="none",
        log_config=None,
        # its messages at level info name the address that the socket has, in a container not the published one
        log_level="warning" if log_level == "info" else log_level,
        access_log=False,
        proxy_headers=False,  # `TrustedProxy` applies them; Uvicorn would believe whatever comes from 127.0.0.1
        server_header=False,
        limit_concurrency=_CONCURRENT_REQUESTS,
        timeout_graceful_shutdown=10,
    )


@contextlib.asynccontextmanager
async def _alive(heart: Heartbeat) -> AsyncIterator[None]:
    """Send heartbeats as long as the event loop runs and the database answers."""

    async def beat() -> None:
        while True:
            await asyncio.to_thread(heart.beat)
            await asyncio.sleep(BEAT_SECONDS)

    beating = asyncio.create_task(beat())
    yield
    beating.cancel()
    await asyncio.to_thread(heart.end)
