"""The endpoint that lists stories: filtered, sorted, searched and counted, as on the pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Query as InQuery
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from worker.article import PublicationStatus, TokenScope
from worker.store.read.changes import first_change_since
from worker.store.read.facets import Facets
from worker.store.read.stories import StoryRow, StorySort
from worker.store.read.story_filter import StoryFilter
from worker.store.read.story_search import FoundStory, Position
from worker.web.params import NotFoundError
from worker.web.site import reading
from worker.web.story_list import list_facets, story_list
from worker.web.v1.answer import answer
from worker.web.v1.cursor import CURSOR_PATTERN, read_position, write_position
from worker.web.v1.fields import Copies, CopyRelation, Flag, Languages, Parameters, Rows, Time, Words
from worker.web.v1.paging import ROWS, NextPage, next_page
from worker.web.v1.route import router

_NOON = "2026-03-01T12:00:00Z"

listing = router("read", TokenScope.READ)


class StoriesQuery(Parameters):
    """The filters of the list of stories."""

    q: Words | None = Field(
        None,
        examples=['"port strike" -football'],
        description='Words of any copy; "a phrase", or, and -not are understood.',
    )
    since: Time | None = Field(
        None, examples=[_NOON], description="Last seen (published, or else arrived) at or after this time."
    )
    until: Time | None = Field(None, examples=["2026-03-02T00:00:00+01:00"], description="Last seen before this time.")
    updated_since: Time | None = Field(None, examples=[_NOON], description="Changed at or after this time, in any way.")
    source: Words | None = Field(None, examples=["Norwire"], description="A source that published a copy.")
    language: Words | None = Field(None, examples=["en"], description="Language of the canonical article: en, de, …")
    copies: Copies = Field(0, examples=[1], description="Least number of copies besides the canonical article.")
    relation: CopyRelation | None = Field(None, examples=["rewrite"], description="What any of the copies is.")
    status: PublicationStatus | None = Field(
        None, examples=["usable"], description="Whether the canonical article may be published."
    )
    languages: Languages | None = Field(
        None, examples=[3], description="Least number of languages in which the dispatch was found."
    )
    sort: StorySort | None = Field(
        None,
        examples=["copies"],
        description="`newest`, `copies` or `sources`, most first; a search without it has the best match first.",
    )
    facets: Flag = Field(False, examples=[1], description="1: also count the stories by source, language and more.")
    limit: Rows = Field(ROWS, description="The largest number of rows.")
    after: str | None = Field(
        None, pattern=CURSOR_PATTERN, description="Where to continue, as in the address in `next`."
    )


@dataclass(frozen=True, slots=True)
class StoryPage:
    """A page of the list of stories; ``notes`` are sentences on what a search did not look for.

    ``facets`` counts the stories of all pages; null without the parameter.
    """

    stories: list[StoryRow | FoundStory]
    next: NextPage
    notes: list[str]
    facets: Facets | None


@listing.get("/stories", operation_id="listStories", responses={200: {"model": StoryPage}})
def list_stories(request: Request, query: Annotated[StoriesQuery, InQuery()]) -> Response:
    """List live stories, newest first; with `q` the best matches first, then the others, newest first; or by `sort`."""
    with reading(request) as connection:
        changed = first_change_since(connection, query.updated_since) if query.updated_since else None
        filters = StoryFilter(
            since=query.since,
            until=query.until,
            source=query.source or None,
            language=query.language or None,
            articles=query.copies + 1 if query.copies else None,
            changed_from=changed,
            relation=query.relation,
            status=query.status,
            languages=query.languages,
        )
        shown = story_list(connection, filters, query.q or None, query.sort, _after(query), query.limit)
        counted = list_facets(connection, shown) if query.facets else None
    following = next_page(request, after=write_position(shown.last)) if shown.last else None
    return answer(request, StoryPage(list(shown.rows), following, shown.notes, counted))


def _after(query: StoriesQuery) -> Position | None:
    """Return where the list continues; the position must be one of this order."""
    after = read_position(query.after) if query.after else None
    if after and query.sort in {StorySort.COPIES, StorySort.SOURCES} and isinstance(after[0], datetime):
        raise NotFoundError("This position is in a list by time. Start again at the first page.")
    if after and (query.sort == StorySort.NEWEST or not (query.sort or query.q)) and not isinstance(after[0], datetime):
        raise NotFoundError("This position is in another order, or in the results of a search: name its words too.")
    return after
