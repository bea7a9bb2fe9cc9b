"""ASGI middleware that checks the host and size of every request and adds security headers to every response.

The policy lets a page load our own stylesheet, icon and script file and nothing else, so text that got into a page as
markup by mistake could still not run, load or send anything: inline scripts are not allowed.
"""

import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.web.v1.problems import problem

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\[\]:@/?#\s]+)(?::[0-9]{0,5})?")
_LENGTH = re.compile(r"[0-9]{1,9}")
#: Where the pages send a file, and the largest one. It is in memory twice, as a part of the form and alone, and three
#: are read at once (`Site.uploading`). Larger ones go into the inbox folder.
UPLOAD_PATH = "/upload"
MOST_UPLOADED_BYTES = 20_000_000
#: The form of a correction has a few hundred bytes.
_MOST_BODY_BYTES = 64_000
#: The largest body that each path takes. A request may post 100 articles, and only holders of a token; anyone may ask
#: for a match where reading is open, a hundred at once, and the process has 512 MB in compose.
_MOST_BYTES_OF = {
    "/api/v1/articles": 8_000_000,
    "/api/v1/match": 1_000_000,
    UPLOAD_PATH: MOST_UPLOADED_BYTES + _MOST_BODY_BYTES,
}


def allowed_hosts(host: str, more: Collection[str]) -> frozenset[str]:
    """Return the host names that requests may use; empty: any.

    Another site can make its own name point to this machine (DNS rebinding) and so read what only this machine can
    reach. Therefore a service that listens on the loopback address accepts only the names of this machine.
    """
    local = host in {"127.0.0.1", "::1", "localhost"}
    return _THIS_MACHINE | frozenset(more) if local or more else frozenset()


class Guard:
    """The middleware; ``allowed`` is what ``allowed_hosts`` returns."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request or pass it on, and add the headers to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope["path"], Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, path: str, headers: Headers) -> Response | None:
        host = _HOST.fullmatch(headers.get("host", "").lower())
        if self._allowed and (host is None or host["name"] not in self._allowed):
            return _refused(path, 400, "Unknown host name. Behind a proxy, set COPYDESK_WEB_NAMES.")
        length = headers.get("content-length", "0")
        most = _MOST_BYTES_OF.get(path, _MOST_BODY_BYTES)
        if not _LENGTH.fullmatch(length) or int(length) > most or "transfer-encoding" in headers:
            return _refused(path, 413, "The request is too large.")
        return None


def _refused(path: str, status: int, sentence: str) -> Response:
    if path.startswith("/api/v1/"):
        return problem(status, sentence)
    return PlainTextResponse(f"{sentence}\n", status)
