"""The list of stories: filtered, sorted, with counts by source, language, relation and status, and saved views."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from worker.store.read.facets import FacetCount, Facets
from worker.store.read.publishers import publishers_of
from worker.store.read.stories import StorySort
from worker.store.read.story_search import Position
from worker.store.saved_views import all_views
from worker.web import params
from worker.web.params import BadRequestError
from worker.web.removed_view import removed_view
from worker.web.render import page
from worker.web.site import reading
from worker.web.story_list import StoryListPage, list_facets, story_list

#: Rows of a page; the first is the default.
PAGE_SIZES = (25, 50, 100)
#: Filters of the list, as the form names them.
_FILTERS = ("q", "since", "until", "source", "language", "copies", "languages", "relation", "status")
#: All parameters of an address that is the same list tomorrow.
LIST_PARAMETERS = (*_FILTERS, "sort", "size")
_SORTS = {StorySort.NEWEST: "newest", StorySort.COPIES: "most copies", StorySort.SOURCES: "most sources"}


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet: its title, its parameter, its values, and the value that the list is filtered by."""

    title: str
    name: str
    values: list[FacetCount]
    chosen: str


def stories_page(request: Request) -> Response:
    """Answer ``/``: the stories that match the form, the best matches of a search or else the newest first."""
    filters, typed = params.page_filter(request), params.text_param(request, "q")
    sort, size = params.choice_param(request, "sort", tuple(StorySort)), _size(request)
    asked = {name: params.text_param(request, name) or "" for name in LIST_PARAMETERS}
    with reading(request) as connection:
        shown = story_list(connection, filters, typed, sort, _after(request, typed, sort), size)
        published = publishers_of(connection, [row.id for row in shown.rows])
        counted, views = list_facets(connection, shown), all_views(connection)
    values = {
        "published": published,
        "counted": counted,
        "views": views,
        "saved": next((view for view in views if str(view.id) == request.query_params.get("saved")), None),
        "removed": removed_view(request, views),
        "asked": asked,
        "filtered": any(asked[name] for name in _FILTERS),
        "later_page": params.text_param(request, "after"),
    }
    return page(request, "stories.html", values | _list_values(asked, shown, counted))


def _after(request: Request, typed: str | None, sort: StorySort | None) -> Position | None:
    """Return where the list continues; the position must be one of this order."""
    if sort is None and typed is not None:
        return params.read_cursor(request)
    return params.time_cursor(request) if sort in {None, StorySort.NEWEST} else params.number_cursor(request)


def _size(request: Request) -> int:
    size = params.int_param(request, "size") or PAGE_SIZES[0]
    if size not in PAGE_SIZES:
        raise BadRequestError(f"size must be one of {', '.join(map(str, PAGE_SIZES))}.")
    return size


def _list_values(asked: Mapping[str, str], shown: StoryListPage, counted: Facets) -> dict[str, Any]:
    """Return what the template shows of a list besides its rows."""
    facets = (
        ShownFacet("Source", "source", counted.sources, asked["source"]),
        ShownFacet("Language", "language", counted.languages, asked["language"]),
        ShownFacet("Has a copy that is", "relation", counted.relations, asked["relation"]),
        ShownFacet("Status", "status", counted.statuses, asked["status"]),
    )
    sorts = {"": "best match"} | {str(value): label for value, label in _SORTS.items()}
    if not asked["q"]:
        sorts = {"" if value == StorySort.NEWEST else str(value): label for value, label in _SORTS.items()}
    return {
        "rows": shown.rows,
        "more": shown.more,
        "notes": shown.notes,
        "facets": [facet for facet in facets if facet.chosen or len(facet.values) > 1],
        "sorts": sorts,
        "sizes": PAGE_SIZES,
    }
