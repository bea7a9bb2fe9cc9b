"""Forms of signed-in visitors go in; stories are merged or split, files tried again; a page to look at comes out."""

from collections.abc import Awaitable, Callable

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from worker.errors import CopydeskError
from worker.queue.batching import batches
from worker.queue.tasks import send
from worker.store.recovery import retry_quarantined
from worker.stories import corrections
from worker.stories.candidates import FeatureCache
from worker.web.params import UnanswerableError, path_id
from worker.web.render import page
from worker.web.session import COOKIE, foreign, must_be_allowed, sign_in
from worker.web.site import site

Answer = Callable[[Request], Awaitable[Response]]
#: What a form does: a connection, the request and its fields go in, the address to show next comes out.
Action = Callable[[Connection, Request, FormData], str]


def sign_in_page(request: Request) -> Response:
    """Answer ``/sign-in``."""
    return page(request, "sign-in.html", {"wrong": False})


async def sign_in_form(request: Request) -> Response:
    """Take the token and give a session for it."""
    form = await request.form()
    answer = RedirectResponse("/", 303)
    if foreign(request) or not sign_in(request, answer, str(form.get("token", ""))):
        return page(request, "sign-in.html", {"wrong": True}, status=403)
    return answer


async def sign_out_form(request: Request) -> Response:
    """End the session in this browser."""
    must_be_allowed(request, await request.form())
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def action(do: Action) -> Answer:
    """Return the endpoint that does something in one transaction, for who may."""

    def work(request: Request, form: FormData) -> str:
        with site(request).engine.begin() as connection:
            try:
                return do(connection, request, form)
            except UnanswerableError:
                raise
            except CopydeskError as error:
                raise UnanswerableError(str(error)) from error

    async def answer(request: Request) -> Response:
        form = await request.form()
        must_be_allowed(request, form)
        return RedirectResponse(await run_in_threadpool(work, request, form), 303)

    return answer


def _number(form: FormData, name: str) -> int:
    value = str(form.get(name, "")).strip()
    if not (value.isascii() and value.isdecimal() and 0 < int(value[:12]) < 2**31):
        raise UnanswerableError(f"{name} must be a number, as it stands in the lists.")
    return int(value)


def _note(form: FormData) -> str:
    return str(form.get("note", ""))


def merge_action(connection: Connection, request: Request, form: FormData) -> str:
    """Make one story of this one and the one named."""
    kept = corrections.merge(connection, FeatureCache(), path_id(request), _number(form, "other"), _note(form))
    return f"/stories/{kept}"


def split_action(connection: Connection, request: Request, form: FormData) -> str:
    """Give an article a story of its own."""
    return f"/stories/{corrections.split(connection, FeatureCache(), path_id(request), _note(form))}"


def not_a_copy_action(connection: Connection, request: Request, form: FormData) -> str:
    """Keep two articles apart."""
    article = path_id(request)
    story = corrections.not_a_copy(connection, FeatureCache(), article, _number(form, "other"), _note(form))
    return f"/stories/{story}?article={article}"


async def retry_form(request: Request) -> Response:
    """Try one quarantined file again."""
    must_be_allowed(request, await request.form())
    asked = path_id(request, most=2**63 - 1)
    if not await run_in_threadpool(_try_again, request, [asked]):
        raise UnanswerableError(f"File {asked} is not in quarantine, or its bytes were never read.")
    return RedirectResponse(f"/files/{asked}", 303)


async def retry_all_form(request: Request) -> Response:
    """Try all quarantined files again."""
    must_be_allowed(request, await request.form())
    await run_in_threadpool(_try_again, request, None)
    return RedirectResponse("/files", 303)


def _try_again(request: Request, ids: list[int] | None) -> int:
    """Let files wait again and enqueue them; return how many. What can't be sent now the sweeper sends."""
    here = site(request)
    with here.engine.begin() as connection:
        found = retry_quarantined(connection, ids).files
    sizes = [(one.id, one.size) for one in found]
    send(batches(sizes, here.settings.batch_files, here.settings.batch_bytes))
    return len(found)
