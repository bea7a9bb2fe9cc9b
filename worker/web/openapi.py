"""The API described for programs (OpenAPI 3.1) and people; answers' schemas are made from the classes that are sent."""

from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from worker import __version__
from worker.article import FileState
from worker.explain import CleaningNote
from worker.explain.why import WhyLink
from worker.operations.health import Status
from worker.store.read.articles import ArticleDetail
from worker.store.read.changes import ChangeRow
from worker.store.read.files import FileRow
from worker.store.read.stories import StoryDetail, StoryRow
from worker.web.api import MOST_CHANGES, MOST_ROWS
from worker.web.render import page

Schema = dict[str, Any]

_MOMENT = "an ISO date or time (UTC unless it says otherwise), or how long ago: 2h, 3d"


def _query(name: str, told: str, kind: str = "string", **more: Any) -> Schema:
    return {"name": name, "in": "query", "description": told, "schema": {"type": kind} | more}


def _limit(most: int) -> Schema:
    return _query("limit", "Rows at the most.", "integer", minimum=1, maximum=most)


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}

#: Path -> what it tells, its parameters, the kind of its answer, the name of its schema.
_PATHS: dict[str, tuple[str, list[Schema], str, str]] = {
    "/api/stories": (
        "Live stories, newest first.",
        [
            _query("q", 'Words of headline or lead; "a phrase", or, -not are understood.'),
            _query("since", f"Last seen (published, else arrived) since: {_MOMENT}."),
            _query("until", "Last seen before; a date counts to its end."),
            _query("source", "A source that published a copy."),
            _query("language", "Language of the canonical article: en, de, …"),
            _query("copies", "Copies beside the canonical article, at least.", "integer", minimum=0),
            _limit(MOST_ROWS),
            _query("after", "Where to go on: as the address in `next` has it."),
        ],
        "application/json",
        "Stories",
    ),
    "/api/stories/{id}": (
        "One story with its canonical text and all its copies. The id of a merged story gives the one it became.",
        [_ID],
        "application/json",
        "Story",
    ),
    "/api/articles/{id}": (
        "One article: its text, its place, what cleaning did, the evidence that joined it, and what was refused.",
        [_ID],
        "application/json",
        "Article",
    ),
    "/api/files": (
        "Files that came in, the last first, and what became of them.",
        [
            _query("state", "Only files in this state.", enum=[str(state) for state in FileState]),
            _limit(MOST_ROWS),
            _query("before", "Where to go on: as the address in `next` has it.", "integer", minimum=0),
        ],
        "application/json",
        "Files",
    ),
    "/api/changes": (
        "The change feed, oldest first, a JSON object a line. Ask on with the last `id`: nothing is missed or doubled.",
        [
            _query("after", "The last id that you have; 0 or nothing: from the beginning.", "integer", minimum=0),
            _limit(MOST_CHANGES),
        ],
        "application/jsonl",
        "Change",
    ),
    "/health": ("Whether the service is well: 200, else 503.", [], "application/json", "Status"),
    "/metrics": ("Figures in Prometheus's text format.", [], "text/plain", "Text"),
}


def _schemas() -> Schema:
    """Return the schemas by name; what a class refers to stands beside it."""
    found: Schema = {"Text": {"type": "string"}}
    named = {
        "StoryRow": StoryRow,
        "Story": StoryDetail,
        "FileRow": FileRow,
        "Change": ChangeRow,
        "Status": Status,
        "ArticleDetail": ArticleDetail,
        "CleaningNote": CleaningNote,
        "WhyLink": WhyLink,
    }
    for name, kind in named.items():
        made = TypeAdapter(kind).json_schema(mode="serialization", ref_template="#/components/schemas/{model}")
        found |= made.pop("$defs", {})
        found[name] = made | {"title": name}
    listed = {"Stories": ("stories", "StoryRow"), "Files": ("files", "FileRow")}
    for name, (field, row) in listed.items():
        next_page = {"type": ["string", "null"], "description": "The address of the next page; null: this is the last."}
        found[name] = _object({field: _array(row), "next": next_page})
    found["Article"] = _article(found.pop("ArticleDetail"))
    found["Error"] = _object({"error": {"type": "string", "description": "A sentence that says what to do."}})
    return found


def _article(detail: Schema) -> Schema:
    fields: Schema = {name: field for name, field in detail["properties"].items() if name != "changes"}
    more = {
        "is_canonical": {"type": "boolean"},
        "canonical_source_path": {"type": "string"},
        "cleaned": _array("CleaningNote"),
        "joined": _array("WhyLink"),
        "refused": _array("WhyLink"),
    }
    return _object(fields | more)


def _object(fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}


def _array(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _operation(told: str, parameters: list[Schema], kind: str, schema: str) -> Schema:
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    wrong = {"description": "What is wrong.", "content": {"application/json": {"schema": _REF_ERROR}}}
    answers: Schema = {"200": {"description": "Done.", "content": content}, "503": wrong}
    if schema == "Status":
        answers["503"] = {"description": "`problems` say what is wrong.", "content": content}
    if parameters:
        answers["400"] = wrong
    if _ID in parameters:
        answers["404"] = wrong
    return {"get": {"summary": told, "parameters": parameters, "responses": answers}}


_REF_ERROR = {"$ref": "#/components/schemas/Error"}


def description() -> Schema:
    """Return the OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Copydesk", "version": __version__, "description": "Stories and their copies, read-only."},
        "paths": {path: _operation(*told) for path, told in _PATHS.items()},
        "components": {"schemas": _schemas()},
    }


def openapi_json(_request: Request) -> Response:
    """Answer ``/api/openapi.json``."""
    return JSONResponse(description())


def api_page(request: Request) -> Response:
    """Answer ``/api``: the same for people."""
    return page(request, "api.html", {"document": description()})
