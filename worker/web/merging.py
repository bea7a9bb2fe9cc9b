"""Merge stories that were selected in a list: a page that names them and asks, and the form that merges them."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from worker.errors import CopydeskError
from worker.store.read.publishers import publishers_of
from worker.store.read.stories import story_rows
from worker.store.read.story_filter import StoryFilter
from worker.store.stories import cannot_link
from worker.stories import corrections
from worker.stories.correction_context import CorrectionContext
from worker.web.forms import Form
from worker.web.notices import MOST_NOTICES
from worker.web.params import BadRequestError
from worker.web.render import page
from worker.web.session import require_editor
from worker.web.site import get_story, reading

#: Stories that are merged at once: more are hardly one decision, and each takes the placement lock a moment.
_MOST_STORIES = MOST_NOTICES + 1


def merge_page(request: Request) -> Response:
    """Answer ``/merge?story=1&story=4``: name the stories and ask whether they are one."""
    require_editor(request)
    try:
        ids = _ids(request.query_params.getlist("story"))
    except BadRequestError as error:
        return _show(request, (), str(error))
    return _show(request, ids)


def _ids(values: Sequence[str]) -> list[int]:
    """Return the ids in ascending order."""
    if not all(value.isascii() and value.isdecimal() and len(value) < 10 for value in values):
        raise BadRequestError("The stories to merge must be numbers, as shown in the lists.")
    ids = sorted({int(value) for value in values})
    if len(ids) > _MOST_STORIES:
        raise BadRequestError(f"At most {_MOST_STORIES} stories can be merged at once.")
    return ids


def _show(request: Request, ids: Sequence[int], problem: str | None = None, note: str = "") -> Response:
    with reading(request) as connection:
        live = sorted({get_story(connection, story, 1, most_characters=0).id for story in ids})
        rows = sorted(story_rows(connection, StoryFilter(ids=tuple(live))), key=lambda row: row.id) if live else []
        values = {
            "rows": rows,
            "published": publishers_of(connection, live),
            "separated": sorted(sorted(pair) for pair in cannot_link(connection, live)),
            "note": note,
        }
    if problem is None and len(rows) < 2:
        problem = "Select two or more stories in the list, and then Merge selected."
    return page(request, "merge.html", values | {"problem": problem}, status=400 if problem else 200)


def merge_selected(context: CorrectionContext, _request: Request, form: Form) -> str:
    """Merge the stories of the form into the one with the smallest number, all or none."""
    first, *others = _selected(form)
    for story in others:
        first = corrections.merge(context, first, story)
    return f"/stories/{first}"


def _selected(form: Form) -> list[int]:
    ids = _ids(form.get("stories", "").split())
    if len(ids) < 2:
        raise BadRequestError("Select two or more stories to merge.")
    return ids


def refuse_merge(request: Request, form: Form, problem: str) -> Response:
    """Ask again, with what was typed, and say why the stories could not be merged."""
    try:
        return _show(request, _selected(form), problem, form.get("note", ""))
    except CopydeskError:
        return _show(request, (), problem)
