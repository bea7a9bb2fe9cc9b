"""A template's name and values go in, a page comes out; all that is put into it is escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from worker import __version__
from worker.explain import RELATIONS
from worker.web.session import session

#: What the navigation shows: path, words.
PLACES = (
    ("/", "Stories"),
    ("/sources", "Sources"),
    ("/files", "Files"),
    ("/dashboard", "Dashboard"),
    ("/api", "API"),
)


def page(request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return a page; every template also gets the navigation and who is signed in."""
    here = "/" + request.url.path.strip("/").partition("/")[0]
    given = {
        "here": "/" if here == "/stories" else here,
        "session": session(request),
    }
    return HTMLResponse(_environment.get_template(template).render(given | dict(values)), status)


def _when(value: datetime | None) -> Markup:
    """Show a moment in UTC to the minute, with the whole of it for programs."""
    if value is None:
        return Markup("–")
    at = value.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M}")


def _lasted(value: timedelta | float | None) -> str:
    """Show a length of time in its two largest units."""
    if value is None:
        return "–"
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, hours, days = round(seconds / 60), round(seconds / 3600), round(seconds / 86400)
    if minutes < 60:
        return f"{minutes} min"
    if hours < 48:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{days} days"


def _weblink(value: str | None) -> str | None:
    """Return an address that a browser may be sent to: http or https, nothing that would run in the page."""
    try:
        parts = urlsplit(value or "")
    except ValueError:
        return None
    return value if parts.scheme in {"http", "https"} and parts.netloc else None


def _share(value: float) -> str:
    return f"{value:.0%}"


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _query(values: Mapping[str, Any]) -> str:
    """Return the query string of the values that are set."""
    return urlencode({name: value for name, value in values.items() if value not in {None, ""}})


def _environment_of_pages() -> Environment:
    made = Environment(
        loader=PackageLoader("worker.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "when": _when,
        "lasted": _lasted,
        "weblink": _weblink,
        "share": _share,
        "number": _number,
        "query": _query,
    }
    made.globals |= {"places": PLACES, "version": __version__, "relations": RELATIONS}
    return made


_environment = _environment_of_pages()
