"""A page of the list of stories, all by time or those that match a search, for the page and for the API."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from starlette.requests import Request

from worker.explain.search import notes
from worker.store.read.stories import StoryRow, story_rows
from worker.store.read.story_search import search_stories
from worker.web import params

#: A search for the articles to rank takes a tenth of this. A phrase of frequent words that seldom follow each other
#: takes 4 s in a million articles, because each article that has all of them must be read.
_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class StoryPage:
    """The rows of a page, ``FoundStory`` in a search; where the next page begins; sentences on the search."""

    rows: Sequence[StoryRow]
    more: str | None
    notes: list[str]


def story_page_rows(connection: Connection, request: Request, size: int) -> StoryPage:
    """Return the page that the parameters of a request name."""
    filters, typed = params.story_filter(request), params.text_param(request, "q")
    if typed is None:
        by_time = story_rows(connection, filters, after=params.time_cursor(request), limit=size + 1)
        rows, last = params.cut_page(by_time, size)
        return StoryPage(rows, params.write_cursor(last.key) if last else None, [])
    results = search_stories(
        connection, typed, filters, after=params.read_cursor(request), limit=size + 1, seconds=_SECONDS
    )
    found, last_found = params.cut_page(results.rows, size)
    more = params.write_cursor(last_found.position) if last_found else None
    return StoryPage(found, more, list(notes(results)))
