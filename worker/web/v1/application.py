"""The application of ``/api/v1``, which the site mounts, and its OpenAPI document."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from worker import __version__
from worker.settings import Settings
from worker.web.v1.correcting import write
from worker.web.v1.corrections import read_corrections
from worker.web.v1.listing import listing
from worker.web.v1.posting import ingest, match
from worker.web.v1.problems import HANDLERS, MEDIA_TYPE, Problem
from worker.web.v1.rate import RequestRate
from worker.web.v1.reading import read, read_own
from worker.web.v1.stream import OpenStreams

PREFIX = "/api/v1"
#: Shorter answers don't get shorter by gzip.
_SMALLEST_ZIPPED = 1_000
_PROBLEMS = {
    400: "A parameter is not known.",
    401: "A token is missing, wrong or revoked.",
    403: "The token may not do this.",
    404: "What the path names does not exist.",
    409: "It contradicts what is stored.",
    413: "The body is too large.",
    422: "A value can't be used.",
    429: "Too many requests; `Retry-After` says when to send the next one.",
    503: "Not now; `Retry-After` says when to try again.",
}
_DESCRIPTION = """Stories and their copies, for programs.

Times are ISO 8601 in UTC. Errors are `application/problem+json`. Lists have the address of their next page in `next`.
Answers have an `ETag` and may be compressed. Reading is open unless the setting `web_readers` says otherwise; all else
needs a token: `Authorization: Bearer TOKEN`.
"""


def api_v1(settings: Settings) -> FastAPI:
    """Return the application; set its ``state.site`` and ``state.feed_watch`` before it answers."""
    api = FastAPI(
        title="Copydesk",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,  # FastAPI's pages load scripts from elsewhere; ours is at /api
        redoc_url=None,
        redirect_slashes=False,
        root_path_in_servers=False,  # the paths of the document are whole
        exception_handlers=HANDLERS,
        responses={status: _described(text) for status, text in _PROBLEMS.items()},
    )
    for part in (listing, read, read_own, read_corrections, match, ingest, write):
        api.include_router(part)
    api.state.rate = RequestRate(settings.web_requests_per_minute)
    api.state.streams = OpenStreams()
    api.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_ZIPPED)
    if settings.web_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=settings.web_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "if-none-match", "last-event-id"],
            expose_headers=["etag", "retry-after", "x-request-id"],
        )
    api.openapi = lambda: _document(api, settings)  # type: ignore[method-assign]  # as FastAPI's manual does it
    return api


def _described(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _document(api: FastAPI, settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document, with full paths and the errors that each operation can have."""
    document = get_openapi(
        title=api.title, version=api.version, description=api.description, routes=api.routes, servers=[{"url": "/"}]
    )
    document["paths"] = {PREFIX + path: methods for path, methods in document["paths"].items()}
    schemas = document["components"]["schemas"]
    schemas |= _problem_schemas()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for methods in document["paths"].values():
        for method, operation in methods.items():
            if method == "get":
                operation["responses"]["304"] = {"description": "The answer is the one whose `ETag` was sent."}
            summary, _, more = operation.pop("description", "").partition("\n\n")
            operation["summary"] = " ".join(summary.split())
            operation.update({"description": " ".join(more.split())} if more else {})
            if settings.web_readers == "anyone" and "read" in operation["security"][0]["token"]:
                operation["security"].insert(0, {})
    return document


def _problem_schemas() -> dict[str, Any]:
    schema = Problem.model_json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = schema.pop("$defs")
    return parts | {"Problem": schema}
