"""The OpenAPI 3.1 document of the addresses of version 0.1, and the page that shows the API.

`/api/v1` replaces these addresses; they stay for programs that use them.
Summaries are the docstrings of the endpoints; schemas are generated from the classes that the endpoints return.
"""

import inspect
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from worker import __version__
from worker.article import FileState
from worker.explain.why import WhyArticle
from worker.operations.health import Status
from worker.store.read.changes import ChangeRow
from worker.store.read.files import FileRow
from worker.store.read.stories import StoryDetail, StoryRow
from worker.store.read.story_search import FoundStory
from worker.web.api import MOST_CHANGES, MOST_ROWS, article_api, changes_api, files_api, stories_api, story_api
from worker.web.monitoring import health, metrics
from worker.web.render import page
from worker.web.site import site
from worker.web.v1.application import api_v1

Schema = dict[str, Any]


def _query(name: str, description: str, kind: str = "string", **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": description, "schema": {"type": kind} | more}


def _limit(most: int) -> Schema:
    return _query("limit", "The largest number of rows.", "integer", minimum=1, maximum=most)


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
_TIME = "an ISO date or time (UTC unless it has an offset), or an age: 2h, 3d"
_CURSOR = "Where to continue, as in the address in `next`."

#: Path -> its endpoint, its parameters, and the name of the schema of its answer.
_ENDPOINTS: dict[str, tuple[Callable[[Request], Response], list[Schema], str]] = {
    "/api/stories": (
        stories_api,
        [
            _query("q", 'Words of any copy; "a phrase", or, and -not are understood.'),
            _query("since", f"Last seen (published, or else arrived) at or after this time: {_TIME}."),
            _query("until", "Last seen before this time; a date includes the whole day."),
            _query("source", "A source that published a copy."),
            _query("language", "Language of the canonical article: en, de, …"),
            _query("copies", "Least number of copies besides the canonical article.", "integer", minimum=0),
            _limit(MOST_ROWS),
            _query("after", _CURSOR),
        ],
        "Stories",
    ),
    "/api/stories/{id}": (story_api, [_ID], "Story"),
    "/api/articles/{id}": (article_api, [_ID], "Article"),
    "/api/files": (
        files_api,
        [
            _query("state", "Only files in this state.", enum=[str(state) for state in FileState]),
            _limit(MOST_ROWS),
            _query("before", _CURSOR, "integer", minimum=0),
        ],
        "Files",
    ),
    "/api/changes": (
        changes_api,
        [
            _query("after", "The last id that you have; 0 or absent: from the beginning.", "integer", minimum=0),
            _query("epoch", "The epoch of that change; 409 if a restore has replaced it.", format="uuid"),
            _limit(MOST_CHANGES),
        ],
        "Change",
    ),
    "/health": (health, [], "Status"),
    "/metrics": (metrics, [], "Text"),
}
#: Schema -> the media type of the answers that are not JSON.
_MEDIA = {"Change": "application/jsonl", "Text": "text/plain"}
_CLASSES = {
    "StoryRow": StoryRow,
    "FoundStory": FoundStory,
    "Story": StoryDetail,
    "FileRow": FileRow,
    "Change": ChangeRow,
    "Status": Status,
}


def _schema(kind: Any, definitions: Schema) -> Schema:
    """Return the schema of a class, and add those that it refers to to ``definitions``."""
    schema = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
    definitions |= schema.pop("$defs", {})
    return schema


def _schemas() -> Schema:
    """Return the schemas by name."""
    schemas: Schema = {"Text": {"type": "string"}}
    for name, kind in _CLASSES.items():
        schemas[name] = _schema(kind, schemas) | {"title": name}
    for name, field, row in (("Stories", "stories", "StoryRow"), ("Files", "files", "FileRow")):
        next_page = {"type": ["string", "null"], "description": "The address of the next page; null on the last page."}
        schemas[name] = _object({field: {"type": "array", "items": _reference(row)}, "next": next_page})
    schemas["Stories"] = _object(
        {
            "stories": {"type": "array", "items": {"anyOf": [_reference("StoryRow"), _reference("FoundStory")]}},
            "next": schemas["Stories"]["properties"]["next"],
            "notes": {
                "type": "array",
                "items": {"type": "string"},
                "description": "What a reader must know of a search.",
            },
        }
    )
    explained = _schema(WhyArticle, schemas)["properties"]  # the answer is flat: the article's fields and these
    fields = schemas.pop("ArticleDetail")["properties"] | explained | {"is_canonical": {"type": "boolean"}}
    schemas["Article"] = _object({name: field for name, field in fields.items() if name not in {"article", "changes"}})
    schemas["Error"] = _object({"error": {"type": "string", "description": "A sentence that says what to do."}})
    return schemas


def _object(fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _operation(endpoint: Callable[[Request], Response], parameters: list[Schema], schema: str) -> Schema:
    content = {_MEDIA.get(schema, "application/json"): {"schema": _reference(schema)}}
    error = {"description": "What is wrong.", "content": {"application/json": {"schema": _reference("Error")}}}
    answers: Schema = {"200": {"description": "Success.", "content": content}, "503": error}
    if schema == "Status":
        answers["503"] = {"description": "`problems` says what is wrong.", "content": content}
    if parameters:
        answers["400"] = error
    if _ID in parameters:
        answers["404"] = error
    if schema == "Change":
        answers["409"] = error
    summary = " ".join((inspect.getdoc(endpoint) or "").replace("``", "`").split())
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}


def description() -> Schema:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Copydesk",
            "version": __version__,
            "description": "Stories and their copies, read-only. /api/v1 replaces these addresses.",
        },
        "paths": {path: _operation(*endpoint) for path, endpoint in _ENDPOINTS.items()},
        "components": {"schemas": _schemas()},
    }


def openapi_json(_request: Request) -> Response:
    """Answer ``/api/openapi.json``."""
    return JSONResponse(description())


def api_page(request: Request) -> Response:
    """Answer ``/api``: the document of ``/api/v1`` as a page."""
    return page(request, "api.html", {"document": api_v1(site(request).settings).openapi()})
