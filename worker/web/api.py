"""The same answers as the pages, as JSON: lists a page at a time with the next one's address, the feed by lines."""

from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from worker.article import FileState
from worker.explain.why import as_json, why
from worker.store.read.articles import articles
from worker.store.read.changes import changes
from worker.store.read.files import file_rows
from worker.store.read.stories import story, story_rows
from worker.web.params import MissingError, UnanswerableError, behind, cursor, number, path_id, wanted, written
from worker.web.site import reading

#: Rows of a page without and with ``limit``.
_ROWS, MOST_ROWS = 100, 1_000
#: Lines of the change feed at once, about 120 bytes each.
MOST_CHANGES = 10_000
_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value, option=_JSON), media_type="application/json")


def _next(request: Request, **changed: object) -> str:
    """Return the address of the next page: this one's, going on elsewhere."""
    return f"{request.url.path}?{urlencode(dict(request.query_params) | changed)}"


def stories_api(request: Request) -> Response:
    """Answer ``/api/stories``."""
    limit = number(request, "limit", least=1, most=MOST_ROWS) or _ROWS
    with reading(request) as connection:
        found = story_rows(connection, wanted(request), after=cursor(request), limit=limit + 1)
    more = _next(request, after=behind(found[limit - 1].key)) if len(found) > limit else None
    return _json({"stories": found[:limit], "next": more})


def story_api(request: Request) -> Response:
    """Answer ``/api/stories/{id}``."""
    asked = path_id(request)
    with reading(request) as connection:
        found = story(connection, asked)
    if found is None:
        raise MissingError(f"There is no story {asked}.")
    return _json(found)


def article_api(request: Request) -> Response:
    """Answer ``/api/articles/{id}``."""
    asked = path_id(request)
    with reading(request) as connection:
        found = articles(connection, [asked]).get(asked)
        told = why(connection, str(asked)) if found else None
    if not (found and told):
        raise MissingError(f"There is no article {asked}.")
    return _json(as_json(told)["articles"][0] | {"text": found.text})


def files_api(request: Request) -> Response:
    """Answer ``/api/files``."""
    state = written(request, "state")
    if state and state not in set(FileState):
        raise UnanswerableError(f"state must be one of {', '.join(FileState)}.")
    limit = number(request, "limit", least=1, most=MOST_ROWS) or _ROWS
    with reading(request) as connection:
        found = file_rows(connection, state=state, before=number(request, "before"), limit=limit + 1)
    more = _next(request, before=found[limit - 1].id) if len(found) > limit else None
    return _json({"files": found[:limit], "next": more})


def changes_api(request: Request) -> Response:
    """Answer ``/api/changes``: JSON lines behind ``after``; ask again with the last ``id`` that came."""
    after = number(request, "after") or 0
    limit = number(request, "limit", least=1, most=MOST_CHANGES) or _ROWS * 10
    with reading(request) as connection:
        found = changes(connection, after, limit)
    lines = b"".join(orjson.dumps(row, option=_JSON | orjson.OPT_APPEND_NEWLINE) for row in found)
    return Response(lines, media_type="application/jsonl")
