"""ASGI middleware that gives each request an id, which is in the response and in every log line about the request."""

import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from worker.process import log

logger = log.get(__name__)

#: An id from a proxy is kept if it can't be mistaken for something else in a log.
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestId:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with its id in the header ``X-Request-ID``, and log it at the level ``debug``."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _GIVEN.fullmatch(given) else secrets.token_hex(8)
        started = time.monotonic()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
                ms = round((time.monotonic() - started) * 1000)
                logger.debug("request", path=scope["path"], status=message["status"], ms=ms)
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_id)
