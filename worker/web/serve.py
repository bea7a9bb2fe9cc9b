"""Settings and an engine go in; the site is served until the process is told to stop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from sqlalchemy import Engine

from worker.errors import CopydeskError
from worker.queue.heartbeat import BEAT_SECONDS, Heartbeat
from worker.settings import Settings
from worker.web.application import application

#: Requests answered at once; more wait. Each holds a database connection while it reads.
_AT_ONCE = 100


def address(listener: socket.socket) -> str:
    """Return the address to type into a browser."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104  shown, not bound
    return f"http://{shown}:{port}/"


def listen(settings: Settings) -> socket.socket:
    """Take the address of the settings.

    Raises:
        CopydeskError: it can't be had.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
        return socket.create_server((settings.web_host, settings.web_port), family=family, backlog=128)
    except OSError as error:
        raise CopydeskError(
            f"The pages can't be served on {settings.web_host}, port {settings.web_port}: {error.strerror}. "
            "Choose another with --port or COPYDESK_WEB_PORT."
        ) from error


def serve(settings: Settings, engine: Engine, listener: socket.socket) -> None:
    """Answer requests on ``listener`` until SIGINT or SIGTERM."""
    site = application(settings, engine, lambda _: _alive(Heartbeat(engine, "web")))
    config = uvicorn.Config(
        site,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        limit_concurrency=_AT_ONCE,
        timeout_graceful_shutdown=10,
    )
    uvicorn.Server(config).run(sockets=[listener])


@contextlib.asynccontextmanager
async def _alive(heart: Heartbeat) -> AsyncIterator[None]:
    """Give signs of life while the event loop turns and the database answers."""

    async def beat() -> None:
        while True:
            await asyncio.to_thread(heart.beat)
            await asyncio.sleep(BEAT_SECONDS)

    beating = asyncio.create_task(beat())
    yield
    beating.cancel()
