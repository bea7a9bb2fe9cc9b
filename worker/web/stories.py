"""The list of stories, newest first: headline, publishers, copies, languages and times of each."""

from starlette.requests import Request
from starlette.responses import Response

from worker.store.read.publishers import publishers_of
from worker.web import params
from worker.web.render import page
from worker.web.site import reading
from worker.web.story_list import story_page_rows

_PAGE_ROWS = 25
#: Filters of the list, as the form names them.
_FILTERS = ("q", "since", "until", "source", "language", "copies")


def stories_page(request: Request) -> Response:
    """Answer ``/``: the stories that match the form, the best matches of a search or else the newest first."""
    asked = {name: params.text_param(request, name) or "" for name in _FILTERS}
    with reading(request) as connection:
        shown = story_page_rows(connection, request, _PAGE_ROWS)
        published = publishers_of(connection, [row.id for row in shown.rows])
    values = {
        "rows": shown.rows,
        "published": published,
        "asked": asked,
        "filtered": any(asked.values()),
        "more": shown.more,
        "notes": shown.notes,
        "later_page": params.read_cursor(request),
    }
    return page(request, "stories.html", values)
