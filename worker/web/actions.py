"""Endpoints for the forms of signed-in visitors: sign in and out, correct stories, retry files. Each redirects."""

from collections.abc import Awaitable, Callable, Sequence

from anyio import sleep
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.errors import CopydeskError
from worker.queue.batching import enqueue
from worker.store.recovery import retry_quarantined
from worker.stories import corrections
from worker.stories.candidates import FeatureCache
from worker.web.expensive import BusyError
from worker.web.forms import Form, read_form
from worker.web.params import BadRequestError, path_id
from worker.web.render import page
from worker.web.session import COOKIE, is_cross_site, require_session, sign_in
from worker.web.site import site

#: Pause after a wrong token. As tokens are tried one at a time, no one tries more than one a second.
WRONG_TOKEN_SECONDS = 1.0
#: Tokens that wait to be tried; more are refused, so that an editor waits 10 seconds at most while someone guesses.
_MOST_WAITING = 10

Endpoint = Callable[[Request], Awaitable[Response]]
#: A correction: takes a connection, the request and its form, and returns the address to show next.
Action = Callable[[Connection, Request, Form], str]


def sign_in_page(request: Request) -> Response:
    """Answer ``/sign-in``."""
    return page(request, "sign-in.html", {"wrong": False})


async def sign_in_form(request: Request) -> Response:
    """Start a session if the form contains the token; a wrong one is answered after a pause, and one at a time."""
    form = await read_form(request)
    response = RedirectResponse("/", 303)
    if is_cross_site(request):
        return page(request, "sign-in.html", {"wrong": True}, status=403)
    turn = site(request).sign_in
    if turn.statistics().tasks_waiting >= _MOST_WAITING:
        raise BusyError("Too many people sign in at once, or someone guesses the token. Try again in a moment.")
    async with turn:
        if sign_in(request, response, form.get("token", "")):
            return response
        await sleep(WRONG_TOKEN_SECONDS)
    return page(request, "sign-in.html", {"wrong": True}, status=403)


async def sign_out_form(request: Request) -> Response:
    """End the session in this browser."""
    require_session(request, await read_form(request))
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


def action(do: Action) -> Endpoint:
    """Return an endpoint that requires a session and runs ``do`` in one transaction."""

    def run(request: Request, form: Form) -> str:
        with site(request).engine.begin() as connection:
            try:
                return do(connection, request, form)
            except BadRequestError:
                raise
            except CopydeskError as error:
                raise BadRequestError(str(error)) from error

    async def endpoint(request: Request) -> Response:
        form = await read_form(request)
        require_session(request, form)
        return RedirectResponse(await run_in_threadpool(run, request, form), 303)

    return endpoint


def _form_id(form: Form, name: str) -> int:
    value = form.get(name, "").strip()
    if not (value.isascii() and value.isdecimal() and len(value) <= 10 and 0 < int(value) < 2**31):
        raise BadRequestError(f"{name} must be a number, as shown in the lists.")
    return int(value)


def _note(form: Form) -> str:
    return form.get("note", "")


def _preferred_sources(request: Request) -> Sequence[str]:
    return site(request).settings.preferred_sources


def merge_action(connection: Connection, request: Request, form: Form) -> str:
    """Merge the story in the path with the story ``other`` of the form."""
    kept = corrections.merge(
        connection,
        FeatureCache(),
        path_id(request),
        _form_id(form, "other"),
        _note(form),
        preferred_sources=_preferred_sources(request),
    )
    return f"/stories/{kept}"


def split_action(connection: Connection, request: Request, form: Form) -> str:
    """Move an article into a new story."""
    sources = _preferred_sources(request)
    story = corrections.split(connection, FeatureCache(), path_id(request), _note(form), preferred_sources=sources)
    return f"/stories/{story}"


def not_a_copy_action(connection: Connection, request: Request, form: Form) -> str:
    """Keep two articles in different stories."""
    article = path_id(request)
    story = corrections.not_a_copy(
        connection,
        FeatureCache(),
        article,
        _form_id(form, "other"),
        _note(form),
        preferred_sources=_preferred_sources(request),
    )
    return f"/stories/{story}?article={article}"


def pin_action(connection: Connection, request: Request, form: Form) -> str:
    """Make an article the canonical one of its story."""
    return f"/stories/{corrections.pin(connection, FeatureCache(), path_id(request), _note(form))}"


def unpin_action(connection: Connection, request: Request, form: Form) -> str:
    """Remove the pin of an article."""
    sources = _preferred_sources(request)
    story = corrections.unpin(connection, FeatureCache(), path_id(request), _note(form), preferred_sources=sources)
    return f"/stories/{story}"


async def retry_form(request: Request) -> Response:
    """Retry one quarantined file."""
    require_session(request, await read_form(request))
    file_id = path_id(request, most=2**63 - 1)
    if not await run_in_threadpool(_retry, request, [file_id]):
        raise BadRequestError(f"File {file_id} is not in quarantine, or its bytes were never read.")
    return RedirectResponse(f"/files/{file_id}", 303)


async def retry_all_form(request: Request) -> Response:
    """Retry all quarantined files."""
    require_session(request, await read_form(request))
    await run_in_threadpool(_retry, request, None)
    return RedirectResponse("/files", 303)


def _retry(request: Request, ids: list[int] | None) -> int:
    """Set files back to waiting and enqueue them; return how many. The sweeper sends what Redis does not accept."""
    here = site(request)
    with here.engine.begin() as connection:
        files = retry_quarantined(connection, ids).files
    enqueue(here.settings, [(file.id, file.size) for file in files])
    return len(files)
