"""The list of stories, newest first: headline, publishers, copies, languages and times of each."""

from starlette.requests import Request
from starlette.responses import Response

from worker.store.read.publishers import publishers_of
from worker.store.read.stories import story_rows
from worker.web import params
from worker.web.render import page
from worker.web.site import reading

_PAGE_ROWS = 25
#: Filters of the list, as the form names them.
_FILTERS = ("q", "since", "until", "source", "language", "copies")


def stories_page(request: Request) -> Response:
    """Answer ``/``: the stories that match the form, newest first."""
    asked = {name: params.text_param(request, name) or "" for name in _FILTERS}
    chosen, after = params.story_filter(request), params.read_cursor(request)
    with reading(request) as connection:
        rows, last = params.cut_page(story_rows(connection, chosen, after=after, limit=_PAGE_ROWS + 1), _PAGE_ROWS)
        published = publishers_of(connection, [row.id for row in rows])
    more = params.write_cursor(last.key) if last else None
    values = {"rows": rows, "asked": asked, "filtered": any(asked.values()), "more": more, "later_page": after}
    values["published"] = published
    return page(request, "stories.html", values)
