"""A page of the list of stories, all or those that match a search, for the page and both APIs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection
from starlette.requests import Request

from worker.explain.search import notes
from worker.store.read import story_order
from worker.store.read.facets import Facets, facets
from worker.store.read.stories import StoryRow, StorySort, story_rows
from worker.store.read.story_filter import StoryFilter, has_more_than, narrowed
from worker.store.read.story_order import position, sorted_results, sorted_stories
from worker.store.read.story_search import Position, SearchResults, search_stories, stories_of
from worker.web import params

#: Most searches for the articles to rank take 0.1 s or less. A phrase of frequent words that seldom follow each other
#: takes 4 s in a million articles, because each article that has all of them must be read. With 0.4 s here the p95 of
#: its page was 474 ms, now 256 (docs/scale.md, "Pages"; the goal of a search is 300).
_SECONDS = 0.25

#: Stories that are looked at for a source, relation or status that more than 5,000 of them have: each takes 8 µs.
LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class StoryListPage:
    """The rows of a page, ``FoundStory`` in a search; its last position if more follow; sentences on the list.

    ``filters`` are those of the whole list, with what was looked up for them.
    """

    rows: Sequence[StoryRow]
    last: Position | None
    notes: list[str]
    results: SearchResults | None = None
    filters: StoryFilter = field(default_factory=StoryFilter)

    @property
    def more(self) -> str | None:
        """Where the next page begins, as a parameter."""
        return params.write_cursor(self.last) if self.last else None


def story_page_rows(connection: Connection, request: Request, size: int) -> StoryListPage:
    """Return the page that the parameters of a request name."""
    filters, typed = params.story_filter(request), params.text_param(request, "q")
    after = params.time_cursor(request) if typed is None else params.read_cursor(request)
    return chosen_stories(connection, filters, typed, after, size)


def story_list(
    connection: Connection,
    filters: StoryFilter,
    typed: str | None,
    sort: StorySort | None,
    after: Position | None,
    size: int,
) -> StoryListPage:
    """Return the stories that match, in an order; without one a search has its best matches first."""
    filters = narrowed(connection, replace(filters, looked_at=LOOKED_AT))
    if sort is None or (sort == StorySort.NEWEST and typed is None):
        shown = chosen_stories(connection, filters, typed, after, size)
    else:
        shown = sorted_page(connection, filters, typed, sort, after, size)
    shown = replace(shown, filters=filters)
    if filters.is_bounded and typed is None and not shown.last and has_more_than(connection, LOOKED_AT):
        shown.notes.append(f"{LOOKED_AT:,} stories were looked at, others may match: filter by time too.")
    return shown


def chosen_stories(
    connection: Connection, filters: StoryFilter, typed: str | None, after: Position | None, size: int
) -> StoryListPage:
    """Return the stories that match the filters, and ``typed`` if it is not None, after a position in that list."""
    if typed is None:
        by_time = story_rows(connection, filters, after=cast("tuple[datetime, int] | None", after), limit=size + 1)
        rows, last = params.cut_page(by_time, size)
        return StoryListPage(rows, last.key if last else None, [])
    results = search_stories(connection, typed, filters, after=after, limit=size + 1, seconds=_SECONDS)
    found, last_found = params.cut_page(results.rows, size)
    return StoryListPage(found, last_found.position if last_found else None, list(notes(results)), results)


def sorted_page(
    connection: Connection,
    filters: StoryFilter,
    typed: str | None,
    sort: StorySort,
    after: Position | None,
    size: int,
) -> StoryListPage:
    """Return the stories that match the filters and ``typed`` in an order, after a position in that order."""
    if typed is None:
        by_number = sorted_stories(connection, filters, sort, after=after, limit=size + 1)
        rows, last = params.cut_page(by_number.rows, size)
        sentences = list(_order_notes(is_all=True, is_sorted=by_number.is_all))
        return StoryListPage(rows, position(connection, last, sort) if last else None, sentences)
    results = sorted_results(connection, typed, filters, sort, after=after, limit=size + 1, seconds=_SECONDS)
    found, last_found = params.cut_page(results.rows, size)
    last_position = position(connection, last_found, sort) if last_found else None
    sentences = [*notes(results), *_order_notes(is_all=results.is_all, is_sorted=results.is_sorted)]
    return StoryListPage(found, last_position, sentences, results)


def _order_notes(*, is_all: bool, is_sorted: bool) -> Iterator[str]:
    """Yield what a reader must know of a list that is sorted by numbers."""
    if not is_all:
        most = story_order.MOST_SORTED
        yield f"The stories of the newest {most:,} articles that match are sorted. Add a rarer word."
    if not is_sorted:
        yield f"The {story_order.MOST_COMPARED} stories with the most copies are sorted by their sources."


def list_facets(connection: Connection, shown: StoryListPage) -> Facets:
    """Count the stories of a whole list by source, language, relation and status."""
    filters = shown.filters
    if shown.results is None:
        return facets(connection, filters)
    matching = stories_of(connection, shown.results.newest)
    counted = facets(connection, narrowed(connection, filters).among(matching))
    counted.is_sample |= not shown.results.is_all
    return counted
