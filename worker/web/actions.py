"""Endpoints for the forms of signed-in visitors: sign in and out, correct stories, retry files. Each redirects."""

import re
from collections.abc import Awaitable, Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.errors import CopydeskError
from worker.queue.batching import enqueue
from worker.store.recovery import retry_quarantined
from worker.stories import corrections
from worker.stories.corrections import CorrectionContext
from worker.web.access import is_shared_token
from worker.web.forms import Form, read_form
from worker.web.params import BadRequestError, path_id
from worker.web.render import page
from worker.web.session import COOKIE, begin, is_cross_site, require_session, session, token_id
from worker.web.site import site

#: What may follow a sign-in: one slash and then no second one, because browsers read two as the start of a host.
_LOCAL_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,2000}")

Endpoint = Callable[[Request], Awaitable[Response]]
#: Makes a correction and returns the address to show next.
Action = Callable[[CorrectionContext, Request, Form], str]


def sign_in_page(request: Request) -> Response:
    """Answer ``/sign-in``."""
    return page(request, "sign-in.html", {"wrong": False, "next": _safe_path(request.query_params.get("next", "/"))})


async def sign_in_form(request: Request) -> Response:
    """Start a session if the form contains a token; a wrong one is answered after a pause, and one at a time."""
    form = await read_form(request)
    following = _safe_path(form.get("next", "/"))
    response = RedirectResponse(following, 303)
    given = form.get("token", "").strip()
    if not is_cross_site(request):
        if found := await run_in_threadpool(token_id, request, given):
            await run_in_threadpool(begin, request, response, found)
            return response
        if await is_shared_token(request, given):
            await run_in_threadpool(begin, request, response)
            return response
    refused = {"wrong": True, "next": following}
    return await run_in_threadpool(partial(page, request, "sign-in.html", refused, status=403))


def _safe_path(path: str) -> str:
    """Return a path of this site, whatever was given: an address of another site must not follow a sign-in."""
    return path if _LOCAL_PATH.fullmatch(path) else "/"


async def sign_out_form(request: Request) -> Response:
    """End the session in this browser."""
    form = await read_form(request)
    await run_in_threadpool(partial(require_session, request, form, to_correct=False))
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def action(do: Action) -> Endpoint:
    """Return an endpoint that requires a session and runs ``do`` in one transaction."""

    def run(request: Request, form: Form) -> str:
        here = site(request)
        with here.engine.begin() as connection:
            note, name = form.get("note", ""), session(request).name
            try:
                return do(CorrectionContext(connection, note, here.settings.preferred_sources, name), request, form)
            except BadRequestError:
                raise
            except CopydeskError as error:
                raise BadRequestError(str(error)) from error

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        await run_in_threadpool(require_session, request, form)
        return RedirectResponse(await run_in_threadpool(run, request, form), 303)

    return endpoint


def _form_id(form: Form, name: str) -> int:
    value = form.get(name, "").strip()
    if not (value.isascii() and value.isdecimal() and len(value) <= 10 and 0 < int(value) < 2**31):
        raise BadRequestError(f"{name} must be a number, as shown in the lists.")
    return int(value)


def merge_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Merge the story in the path with the story ``other`` of the form."""
    return f"/stories/{corrections.merge(context, path_id(request), _form_id(form, 'other'))}"


def split_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Move an article into a new story."""
    return f"/stories/{corrections.split(context, path_id(request))}"


def not_a_copy_action(context: CorrectionContext, request: Request, form: Form) -> str:
    """Keep two articles in different stories."""
    article = path_id(request)
    return f"/stories/{corrections.not_a_copy(context, article, _form_id(form, 'other'))}?article={article}"


def pin_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Make an article the canonical one of its story."""
    return f"/stories/{corrections.pin(context, path_id(request))}"


def unpin_action(context: CorrectionContext, request: Request, _form: Form) -> str:
    """Remove the pin of an article."""
    return f"/stories/{corrections.unpin(context, path_id(request))}"


async def retry_form(request: Request) -> Response:
    """Retry one quarantined file."""
    await run_in_threadpool(require_session, request, await read_form(request))
    file_id = path_id(request, most=2**63 - 1)
    if not await run_in_threadpool(_retry, request, [file_id]):
        raise BadRequestError(f"File {file_id} is not in quarantine, or its bytes were never read.")
    return RedirectResponse(f"/files/{file_id}", 303)


async def retry_all_form(request: Request) -> Response:
    """Retry all quarantined files."""
    await run_in_threadpool(require_session, request, await read_form(request))
    await run_in_threadpool(_retry, request, None)
    return RedirectResponse("/files", 303)


def _retry(request: Request, ids: list[int] | None) -> int:
    """Set files back to waiting and enqueue them; return how many. The sweeper sends what Redis does not accept."""
    here = site(request)
    with here.engine.begin() as connection:
        files = retry_quarantined(connection, ids).files
    enqueue(here.settings, [(file.id, file.size) for file in files])
    return len(files)
