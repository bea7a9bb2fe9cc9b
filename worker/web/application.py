"""The ASGI application: the routes, and the answer to each kind of error."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from hashlib import blake2b
from importlib import resources

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Lifespan

from worker.operations.metrics import ServiceCollector
from worker.process import log
from worker.queue.figures import queue_length, unreadable_messages
from worker.settings import Settings
from worker.store.read.changes import LostPositionError
from worker.web import actions, api, correcting, translations
from worker.web.access import UnauthorizedError, readers_only
from worker.web.cleaning import cleaning_page
from worker.web.correcting import action, refuse_for_article, refuse_for_story
from worker.web.correction_list import corrections_page
from worker.web.dashboard import dashboard_page
from worker.web.expensive import BusyError, one_at_a_time
from worker.web.feed import feed
from worker.web.files import file_page, files_page
from worker.web.guard import UPLOAD_PATH, Guard, allowed_hosts
from worker.web.merging import merge_page, merge_selected, refuse_merge
from worker.web.monitoring import health, metrics
from worker.web.openapi import api_page, openapi_json
from worker.web.params import BadRequestError, NotFoundError
from worker.web.proxy import TrustedProxy, networks
from worker.web.quarantine import quarantine_form
from worker.web.render import page
from worker.web.request_id import RequestId
from worker.web.return_path import return_path
from worker.web.review import review_form, review_page
from worker.web.saved_views import remove_view_form, save_view_form
from worker.web.session import ForbiddenError
from worker.web.site import Site
from worker.web.sources import sources_page
from worker.web.stories import stories_page
from worker.web.story import article_page, story_page
from worker.web.upload import original, upload_form
from worker.web.v1.application import PREFIX, api_v1
from worker.web.v1.problems import problem
from worker.web.v1.rate import TooManyRequestsError, retry_after
from worker.web.v1.route import counted
from worker.web.v1.waiting import FeedWatch
from worker.web.webhooks import webhooks_page

logger = log.get(__name__)


def _static(name: str, kind: str) -> Route:
    """Return the route of a static file. Each file has its own route, so no path can lead outside the folder."""
    content = (resources.files("worker.web") / "static" / name).read_bytes()
    # asked for again with each page: after an upgrade a page must not have the styles of the version before
    headers = {"cache-control": "no-cache", "etag": f'W/"{blake2b(content, digest_size=12).hexdigest()}"'}

    def answer(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=kind, headers=headers)

    return Route(f"/{name}", answer)


class _IdConvertor(IntegerConvertor):
    """An id in a path: Python refuses to convert thousands of digits, and no id has more than 19."""

    regex = "[0-9]{1,19}"


register_url_convertor("id", _IdConvertor())

CORRECTIONS = [
    Route("/merge", merge_page, methods=["GET"]),
    Route("/merge", action(merge_selected, refuse_merge), methods=["POST"]),
    Route("/stories/{id:id}/merge", action(correcting.merge_action, refuse_for_story), methods=["POST"]),
    Route(
        "/stories/{id:id}/not-a-translation",
        action(translations.not_a_translation_action, refuse_for_story),
        methods=["POST"],
    ),
    Route("/articles/{id:id}/split", action(correcting.split_action, refuse_for_article), methods=["POST"]),
    Route("/articles/{id:id}/not-a-copy", action(correcting.not_a_copy_action, refuse_for_article), methods=["POST"]),
    Route("/articles/{id:id}/pin", action(correcting.pin_action, refuse_for_article), methods=["POST"]),
    Route("/articles/{id:id}/unpin", action(correcting.unpin_action, refuse_for_article), methods=["POST"]),
    Route("/corrections", corrections_page),
    Route("/corrections/{id:id}/undo", action(correcting.undo_action, correcting.refuse_undo), methods=["POST"]),
]
ROUTES = [
    Route("/", stories_page),
    Route("/views", save_view_form, methods=["POST"]),
    Route("/views/{id:id}/remove", remove_view_form, methods=["POST"]),
    Route("/feed.atom", feed),
    Route("/stories/{id:id}", one_at_a_time(story_page)),
    Route("/stories/{id:id}/translations/{other:id}", one_at_a_time(translations.translation_page)),
    Route("/articles/{id:id}", article_page),
    Route("/articles/{id:id}/cleaning", one_at_a_time(cleaning_page)),
    *CORRECTIONS,
    Route("/review", one_at_a_time(review_page)),
    Route("/review/{id:id}", review_form, methods=["POST"]),
    Route("/sources", sources_page),
    Route("/dashboard", dashboard_page),
    Route("/files", files_page),
    Route("/files/quarantined", quarantine_form, methods=["POST"]),
    Route("/files/{id:id}", file_page),
    Route("/files/{id:id}/original", original),
    Route(UPLOAD_PATH, upload_form, methods=["POST"]),
    Route("/files/{id:id}/retry", actions.retry_form, methods=["POST"]),
    Route("/retry-all", actions.retry_all_form, methods=["POST"]),
    Route("/sign-in", actions.sign_in_page),
    Route("/sign-in", actions.sign_in_form, methods=["POST"]),
    Route("/sign-out", actions.sign_out_form, methods=["POST"]),
    _static("copydesk.css", "text/css"),
    _static("icon.svg", "image/svg+xml"),
    _static("times.js", "text/javascript"),
    _static("review.js", "text/javascript"),
    Route("/api", api_page),
    Route("/api/openapi.json", openapi_json),
    Route("/api/stories", api.stories_api),
    Route("/api/stories/{id:id}", one_at_a_time(api.story_api)),
    Route("/api/articles/{id:id}", one_at_a_time(api.article_api)),
    Route("/api/files", api.files_api),
    Route("/api/changes", api.changes_api),
    Route("/webhooks", webhooks_page),
    Route("/health", health),
    Route("/metrics", metrics),
]


#: Paths that are answered although the pages are closed: what signing in needs, and the health without any text.
OPEN_PATHS = frozenset({"/sign-in", "/sign-out", "/copydesk.css", "/icon.svg", "/health"})


def _guarded(route: Route) -> Route:
    """Return the route of a page for readers alone, if the setting says so; programs have a rate."""
    if route.path in OPEN_PATHS:
        return route
    methods = sorted((route.methods or set()) - {"HEAD"})
    answer = readers_only(route.endpoint)
    return Route(route.path, counted(answer) if route.path.startswith("/api/") else answer, methods=methods)


def application(
    settings: Settings, engine: Engine, lifespan: Lifespan[Starlette] | None = None, watch: FeedWatch | None = None
) -> ASGIApp:
    """Return the application; ``lifespan`` runs as long as it does, and requests for changes wait by ``watch``."""
    v1 = api_v1(settings)
    v1.state.feed_watch = watch = watch or FeedWatch()
    app = Starlette(
        routes=[*(_guarded(route) for route in ROUTES), Mount(PREFIX, v1)],
        lifespan=_lifespan(watch, lifespan),
        exception_handlers={
            BadRequestError: _handler(400),
            UnauthorizedError: _handler(401),
            ForbiddenError: _handler(403),
            NotFoundError: _handler(404),
            BusyError: _handler(503),
            TooManyRequestsError: _too_many,
            LostPositionError: _handler(409),
            HTTPException: _http,
            SQLAlchemyError: _database,
            Exception: _fault,
        },
    )
    app.state.rate = v1.state.rate
    app.state.site = v1.state.site = Site(
        settings,
        engine,
        ServiceCollector(engine, partial(queue_length, settings), partial(unreadable_messages, settings)),
    )
    # outermost, so that even the answer to an internal error carries the policy
    guarded = RequestId(Guard(app, allowed_hosts(settings.web_host, settings.web_names)))
    return TrustedProxy(guarded, networks(settings.trusted_proxies), settings.user_header)


def _lifespan(watch: FeedWatch, inner: Lifespan[Starlette] | None) -> Lifespan[Starlette]:
    """Return ``inner``, at whose end also the look-ups of the change feed end."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with inner(app) if inner else nullcontext():
            yield
            await watch.close()

    return lifespan


def _error(request: Request, status: int, message: str) -> Response:
    """Return an error as JSON to API clients and as a page to browsers."""
    if request.url.path.startswith(f"{PREFIX}/"):  # a path with a line break does not lead to the mounted application
        return problem(status, message)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": message}, status)
    back = return_path(request) if request.method == "POST" else None
    return page(request, "error.html", {"status": status, "message": message, "back": back}, status=status)


def _handler(status: int) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        return _error(request, status, str(error))

    return answer


def _too_many(request: Request, error: Exception) -> Response:
    answer = _error(request, 429, str(error))
    answer.headers["retry-after"] = str(retry_after(error))
    return answer


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _error(request, status, "There is no such page." if status == 404 else f"{error}.")


def _database(request: Request, error: Exception) -> Response:
    logger.warning("the database could not answer a page", path=request.url.path, reason=str(error))
    return _error(request, 503, "The database does not answer, or took too long. Try again in a moment.")


def _fault(request: Request, _fault: Exception) -> Response:
    return _error(request, 500, "This page failed with an internal error. The log of the web process has the details.")
