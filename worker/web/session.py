"""Sessions of people: signing in with a token allows for twelve hours what its scope allows, through our own forms.

A proxy may have signed in a user instead; a session by a token of ours then goes before.
Nothing is stored: the cookie holds its expiry time, the id of the token, and a signature whose key comes from the
token; so a session ends when its token changes or is revoked. A form carries a second signature of the cookie, unknown
to other sites (OWASP: signed double-submit cookie).
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from functools import cache
from hashlib import scrypt, sha256

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from worker.article import TokenScope
from worker.errors import CopydeskError
from worker.operations import tokens
from worker.store.signing_keys import signing_key
from worker.store.tokens import any_valid, with_id
from worker.web.forms import Form
from worker.web.proxy import proxy_user
from worker.web.site import site

COOKIE = "copydesk_session"
#: A working day; then the visitor must sign in again.
_LIFETIME_SECONDS = 12 * 3600
#: What holders of a token of each scope may do.
RIGHTS = {
    TokenScope.READ: frozenset({TokenScope.READ}),
    TokenScope.INGEST: frozenset({TokenScope.INGEST}),
    TokenScope.WRITE: frozenset(TokenScope),
}
#: The name under which corrections are stored that were made with the token of the setting. No token has a blank.
SHARED_NAME = "shared token"
#: The id of the token of the setting, in cookies.
_SHARED_ID = 0


class ForbiddenError(CopydeskError):
    """The request may not change anything; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a visitor may do: ``possible`` is true if the service has a token, ``signed_in`` if they may correct.

    ``name`` is that of the token with which the visitor signed in, or ``by_proxy`` that of the user.
    """

    possible: bool = False
    name: str = ""
    rights: frozenset[TokenScope] = frozenset()
    form_token: str = ""
    by_proxy: bool = False

    @property
    def signed_in(self) -> bool:
        """Whether the visitor may correct stories and retry files."""
        return TokenScope.WRITE in self.rights


@dataclass(frozen=True, slots=True)
class _Signer:
    """A token that signs cookies: its name, what it allows, and the key of its signatures."""

    name: str
    scope: TokenScope
    key: bytes

    def sign(self, purpose: str, value: str) -> str:
        return hmac.new(self.key, f"{purpose}:{value}".encode(), sha256).hexdigest()


@cache
def _slow_key(token: str) -> bytes:
    """Return the key of signatures, which takes 50 ms and 16 MB to compute from a token that a person chose.

    With the token itself as the key, signed cookies would try guesses of it as fast as pages are answered.
    """
    return scrypt(token.encode(), salt=b"copydesk session", n=2**14, r=8, p=1)


def _signer(request: Request, token_id: int) -> _Signer | None:
    """Return the token with this id, or the one of the setting; None if it is not valid (any more)."""
    if token_id == _SHARED_ID:
        token = site(request).settings.web_token
        return _Signer(SHARED_NAME, TokenScope.WRITE, _slow_key(token)) if token else None
    with site(request).engine.connect() as connection:
        row = with_id(connection, token_id)
    # the hash of a random token is as secret and as random as the token
    return _Signer(row.name, TokenScope(row.scope), row.hash) if row else None


def session(request: Request) -> Session:
    """Return the session of this visitor, which is looked up once for each request."""
    known: Session | None = getattr(request.state, "session", None)
    if known is None:
        known = request.state.session = _session(request)
    return known


def forget_session(request: Request) -> None:
    """Look the session up again when it is next asked for: the request is one that lasts."""
    request.state.session = None


def _session(request: Request) -> Session:
    value, _, signature = request.cookies.get(COOKIE, "").rpartition(".")
    expires, _, rest = value.partition(".")
    token_id = rest.partition(".")[0]
    try:
        if expires.isdecimal() and token_id.isdecimal() and len(token_id) < 10 and int(expires[:12]) >= time.time():
            signer = _signer(request, int(token_id))
            if signer and hmac.compare_digest(signature.encode(), signer.sign("session", value).encode()):
                return Session(True, signer.name, RIGHTS[signer.scope], signer.sign("form", value))
        if user := proxy_user(request):
            return _of_user(request, user)
        if site(request).settings.web_token:
            return Session(possible=True)
        with site(request).engine.connect() as connection:
            return Session(possible=any_valid(connection))
    except SQLAlchemyError:  # the page says that the database is gone, and needs a session to be rendered
        return Session(possible=bool(site(request).settings.web_token))


def _of_user(request: Request, user: str) -> Session:
    """Return the session of a user whom a trusted proxy names: it has signed them in, so there is no cookie of ours."""
    here = site(request)
    editors = {name.casefold() for name in here.settings.user_editors}
    scope = TokenScope.WRITE if editors & {"*", user.casefold()} else TokenScope.READ
    signer = _Signer(user, scope, signing_key(here.engine, "forms"))
    return Session(True, user, RIGHTS[scope], signer.sign("form", user), by_proxy=True)


def token_id(request: Request, given: str) -> int | None:
    """Return the id of a token of `copydesk token add` that may read the pages; None for any other word."""
    with site(request).engine.connect() as connection:
        row = tokens.find(connection, given)
    return row.id if row and TokenScope.READ in RIGHTS[TokenScope(row.scope)] else None


def begin(request: Request, response: Response, token_id: int = _SHARED_ID) -> None:
    """Set the cookie of a session with the token of this id, by default the one of the setting."""
    signer = _signer(request, token_id)
    if signer is None:  # revoked a moment ago
        return
    value = f"{int(time.time()) + _LIFETIME_SECONDS}.{token_id}.{secrets.token_urlsafe(16)}"
    response.set_cookie(
        COOKIE,
        f"{value}.{signer.sign('session', value)}",
        max_age=_LIFETIME_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or site(request).settings.web_url.startswith("https://"),
    )


def require_editor(request: Request) -> Session:
    """Require a session that may correct stories; return it.

    Raises:
        ForbiddenError: the visitor is not signed in, or may only read.
    """
    visitor = session(request)
    if not visitor.possible:
        raise ForbiddenError("These pages are read-only: set COPYDESK_WEB_TOKEN to allow corrections.")
    if not visitor.name:
        raise ForbiddenError("Sign in with the token first. Sessions end after twelve hours.")
    if not visitor.signed_in:
        raise ForbiddenError("You may only read. Sign in with a token of the scope write.")
    return visitor


def require_session(request: Request, form: Form, *, to_correct: bool = True) -> Session:
    """Require a valid session and CSRF token, and with ``to_correct`` one that may correct stories; return it.

    Raises:
        ForbiddenError: the visitor is not signed in, may only read, or the form did not come from these pages.
    """
    visitor = session(request)
    if to_correct or not visitor.name:
        require_editor(request)
    sent = form.get("form_token", "")
    if not hmac.compare_digest(sent.encode(), visitor.form_token.encode()) or is_cross_site(request):
        raise ForbiddenError("This form is from an earlier session or another site. Load the page again.")
    return visitor


def is_cross_site(request: Request) -> bool:
    """Return whether the browser reports that another site sent this request."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
