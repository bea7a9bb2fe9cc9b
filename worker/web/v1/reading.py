"""The endpoints that read a story, an article, files and the change feed."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Header, Path
from fastapi import Query as InQuery
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from worker.article import FileState, TokenScope
from worker.explain.why import WhyArticle, why
from worker.store.read.changes import ChangeRow, changes, check_position
from worker.store.read.files import FileRow, file, file_rows
from worker.store.read.stories import StoryDetail
from worker.web.expensive import in_turn
from worker.web.params import NotFoundError, cut_page
from worker.web.site import get_article, get_story, reading, site
from worker.web.v1.answer import answer
from worker.web.v1.fields import (
    MOST_ROWS,
    Changes,
    Id,
    LongId,
    Parameters,
    Position,
    Rows,
    Seconds,
)
from worker.web.v1.outcomes import FileOutcome, outcomes
from worker.web.v1.paging import ROWS, NextPage, next_page
from worker.web.v1.route import router
from worker.web.v1.stream import MEDIA_TYPE as EVENT_STREAM
from worker.web.v1.stream import position_of, stream, wants_stream
from worker.web.v1.waiting import FeedWatch

EventId = Annotated[
    str,
    Header(
        alias="Last-Event-ID",
        description="Where a stream continues: the `id` of its last event.",
        examples=["121.2f1c9a52-7b0e-4f43-9d8e-6a1b3c5d7e90"],
    ),
]

read = router("read", TokenScope.READ)
#: What became of a posted article may also be read by who posted it.
read_own = router("read", TokenScope.READ, TokenScope.INGEST)


class FilesQuery(Parameters):
    """The filters of the list of files."""

    state: FileState | None = Field(None, examples=["quarantined"], description="Only files in this state.")
    limit: Rows = Field(ROWS, description="The largest number of rows.")
    before: Position | None = Field(None, description="Where to continue, as in `next`.")


class ChangesQuery(Parameters):
    """A position in the change feed."""

    after: Position = Field(0, examples=[120], description="The last id that you have; 0: from the beginning.")
    epoch: UUID | None = Field(
        None,
        examples=["2f1c9a52-7b0e-4f43-9d8e-6a1b3c5d7e90"],
        description="The epoch of that change; 409 if a restore has replaced it.",
    )
    limit: Changes = Field(MOST_ROWS, description="The largest number of changes.")
    wait: Seconds = Field(0, examples=[20], description="Seconds to wait for the next change if there is none yet.")


@dataclass(frozen=True, slots=True)
class FilePage:
    """A page of the list of files."""

    files: list[FileRow]
    next: NextPage


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, oldest first; ``next`` leads to those after the last one, also to those that are still to come."""

    changes: list[ChangeRow]
    next: str


@read.get("/stories/{id}", operation_id="getStory", responses={200: {"model": StoryDetail}})
async def read_story(request: Request, id: Annotated[Id, Path(examples=[1])]) -> Response:  # noqa: A002
    """Return a story: text, copies, related stories and translations; for a merged one, the story that it became."""

    def work() -> Response:
        with reading(request) as connection:
            return answer(request, get_story(connection, id))

    return await in_turn(request, work)


@read.get("/articles/{id}", operation_id="getArticle", responses={200: {"model": WhyArticle}})
async def read_article(request: Request, id: Annotated[Id, Path(examples=[1])]) -> Response:  # noqa: A002
    """Return an article: text, story, what cleaning changed, why it was joined, and the rejected candidates."""

    def work() -> Response:
        with reading(request) as connection:
            article = get_article(connection, id)
            explained = why(connection, str(id))
        if not explained or not explained.articles:
            raise NotFoundError(f"There is no article {id}.")
        found = explained.articles[0]
        whole = WhyArticle(article, found.cleaned, found.canonical_source_path, found.joined, found.refused)
        return answer(request, whole)

    return await in_turn(request, work)


@read.get("/files", operation_id="listFiles", responses={200: {"model": FilePage}})
def list_files(request: Request, query: Annotated[FilesQuery, InQuery()]) -> Response:
    """List delivered files and posted articles, newest first, with the outcome of each."""
    with reading(request) as connection:
        rows = file_rows(connection, state=query.state, before=query.before, limit=query.limit + 1)
    shown, last = cut_page(rows, query.limit)
    return answer(request, FilePage(list(shown), next_page(request, before=last.id) if last else None))


@read_own.get("/files/{id}", operation_id="getFile", responses={200: {"model": FileOutcome}})
async def read_file(request: Request, id: Annotated[LongId, Path(examples=[1])]) -> Response:  # noqa: A002
    """Return what became of a file or a posted article: its state, its articles, their stories and the evidence."""

    def work() -> Response:
        with reading(request) as connection:
            if file(connection, id) is None:
                raise NotFoundError(f"There is no file {id}.")
            return answer(request, outcomes(connection, [id])[0])

    return await in_turn(request, work)


@read.get(
    "/changes",
    operation_id="listChanges",
    responses={200: {"model": ChangePage, "content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
)
async def list_changes(
    request: Request, query: Annotated[ChangesQuery, InQuery()], last_event_id: EventId = ""
) -> Response:
    """List the changes of stories, oldest first. Follow `next`, again and again: none is missed or repeated.

    With `wait` an answer without changes comes only after these seconds, and one with changes as soon as there are any.
    With `Accept: text/event-stream` the answer is a stream of Server-Sent Events, which goes on with later changes.
    """
    if wants_stream(request):
        return await stream(request, *(position_of(last_event_id) if last_event_id else (query.after, query.epoch)))
    page = await run_in_threadpool(_changes, request, query)
    if query.wait and not page.changes:
        watch: FeedWatch = request.app.state.feed_watch
        await watch.wait(site(request).engine, query.after, query.wait)
        page = await run_in_threadpool(_changes, request, query)
    return answer(request, page)


def _changes(request: Request, query: ChangesQuery) -> ChangePage:
    with reading(request) as connection:
        check_position(connection, query.after, query.epoch)
        rows = changes(connection, query.after, query.limit)
    position: dict[str, object] = {"after": rows[-1].id, "epoch": rows[-1].epoch} if rows else {"after": query.after}
    return ChangePage(rows, next_page(request, **position))
