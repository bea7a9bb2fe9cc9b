"""The Atom feed of the list of stories: its address has the same filters as that of the list."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from urllib.parse import urlencode
from uuid import uuid5

from starlette.requests import Request
from starlette.responses import Response

from worker.store.read.changes import first_epoch
from worker.store.read.publishers import publishers_of
from worker.store.read.stories import StoryRow, StorySort
from worker.web import params
from worker.web.render import document
from worker.web.site import reading, site
from worker.web.story_list import sorted_page

MEDIA_TYPE = "application/atom+xml"
#: Entries of the feed: readers fetch it about once an hour.
_ENTRIES = 100
#: Parameters of the list that the feed does not have.
_OF_THE_PAGE = frozenset(("after", "sort", "size"))
#: Readers may keep the feed, but must ask for it again.
_KEPT = "private, no-cache"
#: Characters that XML does not allow, however they are written.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(request: Request) -> Response:
    """Answer ``/feed.atom``: the newest stories that match, the newest first.

    The ETag says exactly whether anything has changed. `Last-Modified` is for people: its seconds would hide a change.
    """
    filters, typed = params.page_filter(request), params.text_param(request, "q")
    asked = {name: value for name, value in request.query_params.items() if value and name not in _OF_THE_PAGE}
    with reading(request) as connection:
        rows = sorted_page(connection, filters, typed, StorySort.NEWEST, None, _ENTRIES).rows
        published = publishers_of(connection, [row.id for row in rows])
        epoch, began_at = first_epoch(connection)
    updated = max((row.last_seen for row in rows), default=began_at)
    values = {
        "rows": rows,
        "published": published,
        "address": _address(request),
        "query": f"?{urlencode(asked)}" if asked else "",
        "title": _title(asked),
        "feed_id": uuid5(epoch, f"feed {sorted(asked.items())}"),
        "ids": {row.id: uuid5(epoch, f"story {row.id}") for row in rows},
        "headlines": {row.id: _headline(row) for row in rows},
        "updated": updated,
    }
    return _answer(request, _FORBIDDEN.sub(" ", document("feed.atom", values)).encode(), updated)


def _address(request: Request) -> str:
    """Return the address of this site without a slash at its end."""
    return (site(request).settings.web_url or str(request.base_url)).rstrip("/")


def _title(asked: Mapping[str, str]) -> str:
    if not asked:
        return "New stories"
    return "Stories: " + ", ".join(value if name == "q" else f"{name} {value}" for name, value in asked.items())


def _headline(row: StoryRow) -> str:
    return row.title or row.opening or f"Story {row.id}"


def _answer(request: Request, body: bytes, updated: datetime) -> Response:
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    # an article may be dated in the future, a document must not be
    modified = min(updated, datetime.now(UTC)).astimezone(UTC)
    headers = {"etag": tag, "last-modified": format_datetime(modified, usegmt=True), "cache-control": _KEPT}
    known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)
