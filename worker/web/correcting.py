"""The forms that correct stories: split, merge, keep apart, pin, undo. Each redirects to a page that reports it.

What can't be done is said on the page of the story, in a sentence, and nothing is changed.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.errors import CopydeskError
from worker.store.correction_log import logged
from worker.stories import corrections
from worker.stories.correction_context import CorrectionContext
from worker.stories.undo import undo
from worker.web.correction_list import show_corrections
from worker.web.expensive import in_turn
from worker.web.forms import Form, read_form
from worker.web.notices import MOST_NOTICES
from worker.web.params import BadRequestError, NotFoundError, path_id
from worker.web.session import require_session, session
from worker.web.site import get_article, reading, site
from worker.web.story import show_story

Endpoint = Callable[[Request], Awaitable[Response]]
#: Makes a correction and returns the path of the page to show next.
Action = Callable[[CorrectionContext, Request, Form], str]
#: Answers a form whose correction could not be made, with the sentence that says why.
Refusal = Callable[[Request, Form, str], Response]


def action(do: Action, refuse: Refusal) -> Endpoint:
    """Return an endpoint that requires a session and runs ``do`` in one transaction, else answers by ``refuse``."""

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        await run_in_threadpool(require_session, request, form)
        try:
            return RedirectResponse(await run_in_threadpool(_run, do, request, form), 303)
        except CopydeskError as error:
            return await in_turn(request, refuse, request, form, str(error))

    return endpoint


def _run(do: Action, request: Request, form: Form) -> str:
    """Make a correction in one transaction; return the address of the page that reports it."""
    here = site(request)
    with here.engine.begin() as connection:
        note, name = form.get("note", ""), session(request).name
        context = CorrectionContext(connection, here.settings.window_days, note, here.settings.preferred_sources, name)
        path = do(context, request, form)
    reported = urlencode([("corrected", number) for number in context.logged[:MOST_NOTICES]])
    return f"{path}?{reported}"


def form_id(form: Form, name: str) -> int:
    """Return the id in a field of a form.

    Raises:
        BadRequestError: it is no id.
    """
    value = form.get(name, "").strip()
    if not (value.isascii() and value.isdecimal() and len(value) <= 10 and 0 < int(value) < 2**31):
        raise BadRequestError(f"{name} must be a number, as shown in the lists.")
    return int(value)


def merge_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Merge the story in the path with the story ``other`` of the form."""
    return f"/stories/{corrections.merge(context, path_id(request), form_id(form, 'other'))}"


def split_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Move an article into a new story, which is shown."""
    return f"/stories/{corrections.split(context, path_id(request))}"


def not_a_copy_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Keep two articles in different stories; the story that the first has left is shown."""
    story = corrections.not_a_copy(context, path_id(request), form_id(form, "other"))
    [made] = logged(context.connection, context.logged)
    return f"/stories/{made.other_story_id if made.moved else story}"


def pin_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Make an article the canonical one of its story."""
    return f"/stories/{corrections.pin(context, path_id(request))}"


def unpin_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Remove the pin of an article."""
    return f"/stories/{corrections.unpin(context, path_id(request))}"


def undo_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Undo a correction; shown is the story, or the list of corrections if the form was there."""
    story = undo(context, path_id(request))
    return "/corrections" if form.get("page") == "corrections" else f"/stories/{story}"


def refuse_for_story(request: Request, _form: Form, problem: str) -> Response:
    """Say on the page of the story in the path why it could not be merged."""
    try:
        return show_story(request, path_id(request), problem=problem)
    except NotFoundError as error:
        raise BadRequestError(problem) from error


def refuse_for_article(request: Request, _form: Form, problem: str) -> Response:
    """Say on the page of the story of the article in the path why the article could not be corrected."""
    article_id = path_id(request)
    try:
        with reading(request) as connection:
            article = get_article(connection, article_id, most_characters=0)
    except NotFoundError as error:
        raise BadRequestError(problem) from error
    return show_story(request, article.story_id, article_id, problem=problem)


def refuse_undo(request: Request, _form: Form, problem: str) -> Response:
    """Say in the list of corrections, at its place in it, why a correction could not be undone."""
    return show_corrections(request, before=path_id(request) + 1, problem=problem)
