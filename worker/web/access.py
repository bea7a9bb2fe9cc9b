"""Who sends a request and what they may do: by a session in the pages, by a token in the header in programs.

Tokens of `copydesk token add` are random, so trying them is useless and each is looked up at once. The token of the
setting is one that a person chose: it is tried one at a time, with a pause after a wrong one, as in the sign-in form.
"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from urllib.parse import urlencode

from anyio import sleep
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.article import TokenScope
from worker.errors import CopydeskError
from worker.operations import tokens
from worker.store.tokens import TokenRow
from worker.web.expensive import BusyError
from worker.web.session import RIGHTS, SHARED_NAME, session
from worker.web.site import site

#: Pause after a wrong token. As tokens are tried one at a time, no one tries more than one a second.
WRONG_TOKEN_SECONDS = 1.0
#: Tokens that wait to be tried; more are refused, so that an editor waits 10 seconds at most while someone guesses.
_MOST_WAITING = 10


class UnauthorizedError(CopydeskError):
    """The request needs a valid token (status 401)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: ``name`` is the token's, None without one; ``rights`` are scopes."""

    name: str | None
    rights: frozenset[TokenScope]


async def caller(request: Request) -> Caller:
    """Return who sends a request of a program.

    Raises:
        UnauthorizedError: the token is wrong or revoked.
        BusyError: too many wrong tokens are being tried.
    """
    here = site(request)
    open_rights = frozenset({TokenScope.READ} if here.settings.web_readers == "anyone" else ())
    given = request.headers.get("authorization", "")
    if not given:
        # to change anything a program sends a token: a person could be led here by another site
        rights = (await run_in_threadpool(session, request)).rights & RIGHTS[TokenScope.READ]
        return Caller(None, open_rights | rights)
    kind, _, token = given.partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise UnauthorizedError("Send the token as: Authorization: Bearer TOKEN")
    if row := await run_in_threadpool(_find, request, token.strip()):
        return Caller(row.name, RIGHTS[TokenScope(row.scope)] | open_rights)
    if not token.strip().startswith(tokens.PREFIX) and await is_shared_token(request, token.strip()):
        return Caller(SHARED_NAME, RIGHTS[TokenScope.WRITE])
    raise UnauthorizedError("This token is wrong or was revoked.")


def _find(request: Request, token: str) -> TokenRow | None:
    if not token.startswith(tokens.PREFIX):
        return None
    with site(request).engine.connect() as connection:
        return tokens.find(connection, token)


async def sender(request: Request) -> str:
    """Return whose requests are counted: those of a valid named token, or else of an address."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    row = await run_in_threadpool(_find, request, token.strip()) if kind.lower() == "bearer" else None
    return f"token {row.name}" if row else address(request)


def address(request: Request) -> str:
    """Return the address of a request, as the sender of those without a token."""
    return f"address {request.client.host if request.client else ''}"


async def is_shared_token(request: Request, given: str) -> bool:
    """Return whether ``given`` is the token of the setting; a wrong one costs its sender a pause.

    Raises:
        BusyError: too many tokens wait to be tried.
    """
    here = site(request)
    if here.sign_in.statistics().tasks_waiting >= _MOST_WAITING:
        raise BusyError("Too many people sign in at once, or someone guesses the token. Try again in a moment.")
    async with here.sign_in:
        token = here.settings.web_token
        if token and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode()):
            return True
        await sleep(WRONG_TOKEN_SECONDS)
    return False


Endpoint = Callable[[Request], Response] | Callable[[Request], Awaitable[Response]]


def readers_only(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that answers only those who may read, if the setting ``web_readers`` says so."""

    async def answer(request: Request) -> Response:
        if site(request).settings.web_readers == "token" and (refusal := await _refuse_stranger(request)):
            return refusal
        if iscoroutinefunction(endpoint):
            answered: Response = await endpoint(request)
            return answered
        return await run_in_threadpool(endpoint, request)  # type: ignore[arg-type]  # it is no coroutine function

    return answer


async def _refuse_stranger(request: Request) -> Response | None:
    """Return None for a reader; send a browser to the form and refuse a program."""
    if TokenScope.READ in (await run_in_threadpool(session, request)).rights:
        return None
    is_page = not request.url.path.startswith(("/api/", "/metrics", "/feed.atom"))
    if is_page and request.method == "GET" and "authorization" not in request.headers:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", 303)
    if TokenScope.READ in (await caller(request)).rights:
        return None
    raise UnauthorizedError("Reading needs a token: create one with `copydesk token add NAME --scope read`.")
