"""Endpoints for forms: sign in and out, retry files. Each redirects."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.queue.batching import enqueue
from worker.store.recovery import retry_quarantined
from worker.web.access import is_shared_token
from worker.web.forms import read_form
from worker.web.params import BadRequestError, path_id
from worker.web.render import page
from worker.web.return_path import safe_path
from worker.web.session import COOKIE, begin, is_cross_site, require_session, token_id
from worker.web.site import site


def sign_in_page(request: Request) -> Response:
    """Answer ``/sign-in``."""
    return _sign_in(request, safe_path(request.query_params.get("next", "/")))


def _sign_in(request: Request, following: str, *, wrong: bool = False) -> Response:
    """Return the form, which says where the token is; after a ``wrong`` one, also that it was."""
    values = {"wrong": wrong, "next": following, "shared": bool(site(request).settings.web_token)}
    return page(request, "sign-in.html", values, status=403 if wrong else 200)


async def sign_in_form(request: Request) -> Response:
    """Start a session if the form contains a token; a wrong one is answered after a pause, and one at a time."""
    form = await read_form(request)
    following = safe_path(form.get("next", "/"))
    response = RedirectResponse(following, 303)
    given = form.get("token", "").strip()
    if not is_cross_site(request):
        if found := await run_in_threadpool(token_id, request, given):
            await run_in_threadpool(begin, request, response, found)
            return response
        if await is_shared_token(request, given):
            await run_in_threadpool(begin, request, response)
            return response
    return await run_in_threadpool(partial(_sign_in, request, following, wrong=True))


async def sign_out_form(request: Request) -> Response:
    """End the session in this browser."""
    form = await read_form(request)
    await run_in_threadpool(partial(require_session, request, form, to_correct=False))
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


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
