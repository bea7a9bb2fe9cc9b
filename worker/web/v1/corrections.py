"""The endpoints on corrections: the list of all, and the undo of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Path
from fastapi import Query as InQuery
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from worker.article import TokenScope
from worker.explain.corrections import correction_sentence
from worker.store.correction_log import LoggedCorrection, logged
from worker.store.correction_log import page as logged_page
from worker.stories.correction_context import CorrectionContext
from worker.stories.undo import undo as undo_correction
from worker.web.params import NotFoundError, cut_page
from worker.web.site import reading
from worker.web.v1.answer import answer
from worker.web.v1.correcting import CorrectedStory, NoteBody, correct, write
from worker.web.v1.fields import Id, Parameters, Rows
from worker.web.v1.paging import ROWS, NextPage, next_page
from worker.web.v1.route import router

read_corrections = router("read", TokenScope.READ)


class CorrectionsQuery(Parameters):
    """A position in the list of corrections."""

    limit: Rows = Field(ROWS, description="The largest number of rows.")
    before: Id | None = Field(None, description="Where to continue, as in `next`.")


@dataclass(frozen=True, slots=True)
class CorrectionOutcome:
    """A correction. ``story_id`` is where ``moved`` articles are after it; ``made_by`` is null for a command.

    ``undoes`` is the correction that this one undid, ``undone_by`` the one that undid this.
    """

    id: int
    kind: str
    sentence: str
    article_id: int
    other_id: int | None
    story_id: int | None
    other_story_id: int | None
    moved: list[int] | None
    note: str | None
    made_at: datetime
    made_by: str | None
    undoes: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """A page of the list of corrections."""

    corrections: list[CorrectionOutcome]
    next: NextPage


def _outcome(made: LoggedCorrection) -> CorrectionOutcome:
    return CorrectionOutcome(
        made.id,
        made.kind,
        correction_sentence(made),
        made.article_id,
        made.other_id,
        made.story_id,
        made.other_story_id,
        made.moved,
        made.note,
        made.made_at,
        made.made_by,
        made.undoes,
        made.undone_by,
    )


@read_corrections.get("/corrections", operation_id="listCorrections", responses={200: {"model": CorrectionPage}})
def list_corrections(request: Request, query: Annotated[CorrectionsQuery, InQuery()]) -> Response:
    """List what people corrected, newest first."""
    with reading(request) as connection:
        rows = logged_page(connection, query.limit + 1, before=query.before)
    shown, last = cut_page(rows, query.limit)
    following = next_page(request, before=last.id) if last else None
    return answer(request, CorrectionPage([_outcome(row) for row in shown], following))


@write.post("/corrections/{id}/undo", operation_id="undoCorrection", responses={200: {"model": CorrectedStory}})
async def undo(request: Request, id: Annotated[Id, Path(examples=[1])], body: NoteBody) -> Response:  # noqa: A002
    """Undo a correction. The answer has the story that is left: the joined one, or that of the article."""

    def work(context: CorrectionContext) -> int:
        if not logged(context.connection, [id]):
            raise NotFoundError(f"There is no correction {id}.")
        return undo_correction(context, id)

    return await correct(request, body.note, work)
