"""What every answer carries and every request must have, whatever page it is: an ASGI layer around the application.

The policy lets a page load one stylesheet of ours and nothing else, so text that got into a page as markup by mistake
would still not run, load or send anything.
"""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: A correction's form is a few hundred bytes.
_MOST_BODY_BYTES = 64_000


def names(host: str, more: Collection[str]) -> frozenset[str]:
    """Return the names that the pages may be asked for by; empty: any.

    A site of somebody else's can make its own name point to this machine (DNS rebinding) and read what only this
    machine reaches, so a service for this machine alone answers to this machine's names.
    """
    local = host in {"127.0.0.1", "::1", "localhost"}
    return _THIS_MACHINE | frozenset(more) if local or more else frozenset()


class Guard:
    """The layer; ``allowed`` as ``names`` returns it."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless it is refused, and add the headers to its answer."""
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

        refusal = self._refusal(Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "").lower()
        name = host[: host.rfind("]") + 1] if host.startswith("[") else host.partition(":")[0]
        if self._allowed and name not in self._allowed:
            told = "These pages are not known by this name. Behind a proxy, set COPYDESK_WEB_NAMES.\n"
            return PlainTextResponse(told, 400)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _MOST_BODY_BYTES or "transfer-encoding" in headers:
            return PlainTextResponse("Nothing this large is taken here.\n", 413)
        return None
