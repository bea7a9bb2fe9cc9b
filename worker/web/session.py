"""Who may change something: a browser that was shown the token, for twelve hours, and only through our own forms.

Nothing is stored: the cookie holds when it ends and a signature made with the token, so a new token ends all sessions.
A form carries a second signature of the cookie, which no other site can know (OWASP: signed double-submit).
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from worker.errors import CopydeskError

COOKIE = "copydesk_session"
#: A working day; after it the token is asked for again.
_LASTS_SECONDS = 12 * 3600


class RefusedError(CopydeskError):
    """The request may not change anything; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a visitor may do: ``possible`` tells whether a token is set at all, ``signed_in`` whether it was shown."""

    possible: bool = False
    signed_in: bool = False
    form_token: str = ""


def _sign(token: str, purpose: str, value: str) -> str:
    return hmac.new(token.encode(), f"{purpose}:{value}".encode(), sha256).hexdigest()


def session(request: Request) -> Session:
    """Return what this visitor may do."""
    token = request.app.state.site.settings.web_token
    cookie = request.cookies.get(COOKIE, "")
    value, _, signature = cookie.rpartition(".")
    if not token or not hmac.compare_digest(signature.encode(), _sign(token, "session", value).encode()):
        return Session(possible=bool(token))
    ends = value.partition(".")[0]
    if not ends.isdecimal() or int(ends) < time.time():
        return Session(possible=True)
    return Session(possible=True, signed_in=True, form_token=_sign(token, "form", value))


def sign_in(request: Request, response: Response, shown: str) -> bool:
    """Give the visitor a session if what they have ``shown`` is the token."""
    token = request.app.state.site.settings.web_token
    if not token or not hmac.compare_digest(shown.strip().encode(), token.encode()):
        return False
    value = f"{int(time.time()) + _LASTS_SECONDS}.{secrets.token_urlsafe(16)}"
    response.set_cookie(
        COOKIE,
        f"{value}.{_sign(token, 'session', value)}",
        max_age=_LASTS_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return True


def must_be_allowed(request: Request, form: FormData) -> None:
    """Let a form of ours through that a visitor with a session sent.

    Raises:
        RefusedError: nobody is signed in, or the form came from elsewhere.
    """
    visitor = session(request)
    if not visitor.possible:
        raise RefusedError("These pages are read-only: set COPYDESK_WEB_TOKEN to allow corrections.")
    if not visitor.signed_in:
        raise RefusedError("Sign in with the token first; sessions end after twelve hours.")
    sent = str(form.get("form_token", ""))
    if not hmac.compare_digest(sent.encode(), visitor.form_token.encode()) or foreign(request):
        raise RefusedError("This form is from an earlier session or another site. Load the page again.")


def foreign(request: Request) -> bool:
    """Tell whether a browser says that another site sent this request."""
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
