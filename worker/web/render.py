"""Render pages from Jinja templates. Every value is escaped."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from worker import __version__
from worker.explain.corrections import correction_words
from worker.explain.relations import RELATIONS, certainty, chance
from worker.web.return_path import return_path
from worker.web.session import session

#: The entries of the navigation: path and label.
NAVIGATION = (
    ("/", "Stories"),
    ("/review", "Review"),
    ("/sources", "Sources"),
    ("/files", "Files"),
    ("/corrections", "Corrections"),
    ("/dashboard", "Dashboard"),
    ("/api", "API"),
)
#: The entry that follows for those who may correct stories: its page is for them alone.
_EDITORS_NAVIGATION = (("/webhooks", "Webhooks"),)


def page(request: Request, template: str, values: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return a page; every template also gets the current section, where a sign-in returns to, and the session."""
    here = "/" + request.url.path.strip("/").partition("/")[0]
    visitor = session(request)
    shared = {
        "navigation": NAVIGATION + (_EDITORS_NAVIGATION if visitor.signed_in else ()),
        "here": "/" if here in {"/stories", "/articles"} else here,
        "return_to": return_path(request),
        "session": visitor,
    }
    return HTMLResponse(_environment.get_template(template).render(shared | dict(values)), status)


def document(template: str, values: Mapping[str, Any]) -> str:
    """Return a document that is no page, such as a feed."""
    return _environment.get_template(template).render(values)


def _when(value: datetime | None) -> Markup:
    """Format a time in UTC to the minute; the ``datetime`` attribute has full precision."""
    if value is None:
        return Markup("–")
    at = value.astimezone(UTC)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M}")


def _duration(value: timedelta | float | None) -> str:
    """Format a length of time in its one or two largest units."""
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
    """Return the address if it is http or https with a host, else None: nothing that would run in the page."""
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


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("worker.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "when": _when,
        "duration": _duration,
        "weblink": _weblink,
        "share": _share,
        "certainty": certainty,
        "number": _number,
        "query": _query,
        "correction_words": correction_words,
    }
    environment.globals |= {"version": __version__, "relations": RELATIONS, "chance": chance}
    return environment


_environment = _make_environment()
