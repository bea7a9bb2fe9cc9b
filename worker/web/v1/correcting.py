"""The endpoints that correct: merge, split, keep apart, pin, retry. Each is stored with the name of the token."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Path
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from worker.article import TokenScope
from worker.errors import CopydeskError
from worker.queue.batching import enqueue
from worker.store.read.files import file
from worker.store.recovery import retry_quarantined
from worker.stories import corrections
from worker.stories import not_a_translation as translations
from worker.stories.correction_context import CorrectionContext
from worker.web.params import NotFoundError
from worker.web.site import get_article, get_story, site
from worker.web.v1.answer import answer
from worker.web.v1.fields import Body, BodyId, Id, LongId
from worker.web.v1.route import router

write = router("write", TokenScope.WRITE)
PathId = Annotated[Id, Path(examples=[1])]


class NoteBody(Body):
    """The reason of a correction."""

    note: str | None = Field(
        None, examples=["the same interview"], max_length=1000, description="The reason, stored with the correction."
    )


class OtherBody(NoteBody):
    """The other side of a correction, and its reason."""

    other: BodyId = Field(examples=[4], description="The other story, or the other article.")


@dataclass(frozen=True, slots=True)
class CorrectedStory:
    """The story that a correction leaves: the merged one, or that of the article."""

    story_id: int


@dataclass(frozen=True, slots=True)
class RetriedFile:
    """A file that is processed again."""

    file_id: int


async def correct(request: Request, note: str | None, work: Callable[[CorrectionContext], int]) -> Response:
    """Make a correction in one transaction and return the story that it leaves."""
    here = site(request)

    def run() -> int:
        with here.engine.begin() as connection:
            made_by = request.state.caller.name
            return work(
                CorrectionContext(connection, here.settings.window_days, note, here.settings.preferred_sources, made_by)
            )

    return answer(request, CorrectedStory(await run_in_threadpool(run)))


@write.post("/stories/{id}/merge", operation_id="mergeStories", responses={200: {"model": CorrectedStory}})
async def merge(request: Request, id: PathId, body: OtherBody) -> Response:  # noqa: A002
    """Merge two stories into one. This overrides whatever kept them apart."""

    def work(context: CorrectionContext) -> int:
        for story in (id, body.other):
            get_story(context.connection, story, 1, most_characters=0)
        return corrections.merge(context, id, body.other)

    return await correct(request, body.note, work)


@write.post(
    "/stories/{id}/not-a-translation", operation_id="unlinkTranslation", responses={200: {"model": CorrectedStory}}
)
async def not_a_translation(request: Request, id: PathId, body: OtherBody) -> Response:  # noqa: A002
    """Remove the link between two stories for good: they are not one dispatch in two languages."""

    def work(context: CorrectionContext) -> int:
        for story in (id, body.other):
            get_story(context.connection, story, 1, most_characters=0)
        return translations.not_a_translation(context, id, body.other)

    return await correct(request, body.note, work)


@write.post("/articles/{id}/split", operation_id="splitArticle", responses={200: {"model": CorrectedStory}})
async def split(request: Request, id: PathId, body: NoteBody) -> Response:  # noqa: A002
    """Move an article and its exact copies into a new story, permanently separate from the others."""

    def work(context: CorrectionContext) -> int:
        get_article(context.connection, id, most_characters=0)
        return corrections.split(context, id)

    return await correct(request, body.note, work)


@write.post("/articles/{id}/not-a-copy", operation_id="keepApart", responses={200: {"model": CorrectedStory}})
async def not_a_copy(request: Request, id: PathId, body: OtherBody) -> Response:  # noqa: A002
    """Keep two articles in different stories; if they are in the same one, the first leaves it."""

    def work(context: CorrectionContext) -> int:
        for article in (id, body.other):
            get_article(context.connection, article, most_characters=0)
        return corrections.not_a_copy(context, id, body.other)

    return await correct(request, body.note, work)


@write.post("/articles/{id}/pin", operation_id="pinArticle", responses={200: {"model": CorrectedStory}})
async def pin(request: Request, id: PathId, body: NoteBody) -> Response:  # noqa: A002
    """Make an article the canonical one of its story, whatever arrives later."""

    def work(context: CorrectionContext) -> int:
        get_article(context.connection, id, most_characters=0)
        return corrections.pin(context, id)

    return await correct(request, body.note, work)


@write.post("/articles/{id}/unpin", operation_id="unpinArticle", responses={200: {"model": CorrectedStory}})
async def unpin(request: Request, id: PathId, body: NoteBody) -> Response:  # noqa: A002
    """Remove the pin of an article, so that its story's canonical article is chosen again."""

    def work(context: CorrectionContext) -> int:
        get_article(context.connection, id, most_characters=0)
        return corrections.unpin(context, id)

    return await correct(request, body.note, work)


@write.post("/files/{id}/retry", operation_id="retryFile", status_code=202, responses={202: {"model": RetriedFile}})
async def retry(request: Request, id: Annotated[LongId, Path(examples=[1])]) -> Response:  # noqa: A002
    """Process a quarantined file again from its stored bytes."""
    await run_in_threadpool(partial(_retry, request, id))
    return answer(request, RetriedFile(id), 202)


def _retry(request: Request, file_id: int) -> None:
    here = site(request)
    with here.engine.begin() as connection:
        if file(connection, file_id) is None:
            raise NotFoundError(f"There is no file {file_id}.")
        files = retry_quarantined(connection, [file_id]).files
    if not files:
        raise CopydeskError(f"File {file_id} is not in quarantine, or its bytes are not stored.")
    enqueue(here.settings, [(row.id, row.size) for row in files])
