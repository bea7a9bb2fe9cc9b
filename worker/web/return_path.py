"""The page of this site that a visitor comes from, to which a form leads back: never another site."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request

#: One slash and then no second one, because browsers read two as the start of a host.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,2000}")


def safe_path(path: str) -> str:
    """Return a path of this site, whatever was given: an address of another site must not follow a sign-in."""
    return path if _LOCAL_PATH.fullmatch(path) else "/"


def return_path(request: Request) -> str:
    """Return the address of the page that a visitor sees, or for the answer to a form that of the form's page."""
    if request.method != "GET":
        return _referring_path(request)
    if request.url.path == "/sign-in":
        return safe_path(request.query_params.get("next", "/"))
    return safe_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))


def _referring_path(request: Request) -> str:
    """Return the page that a form was on, as the browser says; pages of other sites are not sent (Referrer-Policy)."""
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    if parts.netloc != request.headers.get("host"):
        return "/"
    return safe_path(parts.path + (f"?{parts.query}" if parts.query else ""))
