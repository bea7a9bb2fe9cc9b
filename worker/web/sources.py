"""The page that shows which source publishes first, and which sources copy it."""

from starlette.requests import Request
from starlette.responses import Response

from worker.store.read.sources import MOST_STORIES, copying, sources
from worker.stories.sources import homepage
from worker.web.render import page
from worker.web.site import reading


def sources_page(request: Request) -> Response:
    """Answer ``/sources``."""
    with reading(request) as connection:
        ranked, copied = sources(connection), copying(connection)
    homepages = {row.name: homepage(row.name) for row in ranked}
    values = {"sources": ranked, "copying": copied, "homepages": homepages, "most": MOST_STORIES}
    return page(request, "sources.html", values)
