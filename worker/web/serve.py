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

#: Concurrent requests, of which each holds a database connection while it reads; Uvicorn answers more with 503.
_CONCURRENT_REQUESTS = 100


def serve(settings: Settings, engine: Engine, listener: socket.socket) -> None:
    """Answer requests on ``listener`` until SIGINT or SIGTERM."""
    site = application(settings, engine, lambda _: _alive(Heartbeat(engine, ProcessKind.WEB)))
    uvicorn.Server(configuration(site, settings.log_level)).run(sockets=[listener])


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
