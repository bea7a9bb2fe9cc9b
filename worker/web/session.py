"""Sessions of editors: signing in with the token allows changes for twelve hours, and only through our own forms.

Nothing is stored: the cookie holds its expiry time and a signature made with the token, so a new token ends all
sessions. A form carries a second signature of the cookie, unknown to other sites (OWASP: signed double-submit cookie).
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from functools import cache
from hashlib import scrypt, sha256

from starlette.requests import Request
from starlette.responses import Response

from worker.errors import CopydeskError
from worker.web.forms import Form

COOKIE = "copydesk_session"
#: A working day; then the visitor must sign in again.
_LIFETIME_SECONDS = 12 * 3600


class ForbiddenError(CopydeskError):
    """The request may not change anything; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a visitor may do: ``possible`` is true if the service has a token, ``signed_in`` if the visitor gave it."""

    possible: bool = False
    signed_in: bool = False
    form_token: str = ""


def _sign(token: str, purpose: str, value: str) -> str:
    return hmac.new(_key(token), f"{purpose}:{value}".encode(), sha256).hexdigest()


@cache
def _key(token: str) -> bytes:
    """Return the key of signatures, which takes 50 ms and 16 MB to compute from a token.

    With the token itself as the key, signed cookies would try guesses of it as fast as pages are answered.
    """
    return scrypt(token.encode(), salt=b"copydesk session", n=2**14, r=8, p=1)


def session(request: Request) -> Session:
    """Return the session of this visitor."""
    token = request.app.state.site.settings.web_token
    cookie = request.cookies.get(COOKIE, "")
    value, _, signature = cookie.rpartition(".")
    if not token or not hmac.compare_digest(signature.encode(), _sign(token, "session", value).encode()):
        return Session(possible=bool(token))
    expires = value.partition(".")[0]
    if not expires.isdecimal() or int(expires) < time.time():
        return Session(possible=True)
    return Session(possible=True, signed_in=True, form_token=_sign(token, "form", value))


def sign_in(request: Request, response: Response, given: str) -> bool:
    """Set the session cookie if ``given`` is the token; return whether it is."""
    token = request.app.state.site.settings.web_token
    if not token or not hmac.compare_digest(given.strip().encode(), token.encode()):
        return False
    value = f"{int(time.time()) + _LIFETIME_SECONDS}.{secrets.token_urlsafe(16)}"
    response.set_cookie(
        COOKIE,
        f"{value}.{_sign(token, 'session', value)}",
        max_age=_LIFETIME_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return True


def require_session(request: Request, form: Form) -> None:
    """Require a valid session and CSRF token.

    Raises:
        ForbiddenError: the visitor is not signed in, or the form did not come from these pages.
    """
    visitor = session(request)
    if not visitor.possible:
        raise ForbiddenError("These pages are read-only: set COPYDESK_WEB_TOKEN to allow corrections.")
    if not visitor.signed_in:
        raise ForbiddenError("Sign in with the token first. Sessions end after twelve hours.")
    sent = form.get("form_token", "")
    if not hmac.compare_digest(sent.encode(), visitor.form_token.encode()) or is_cross_site(request):
        raise ForbiddenError("This form is from an earlier session or another site. Load the page again.")


def is_cross_site(request: Request) -> bool:
    """Return whether the browser reports that another site sent this request."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
