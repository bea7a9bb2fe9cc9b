"""The JSON API. The docstring of each endpoint is its summary in the OpenAPI document.

A list is returned a page at a time, with the address of the next page; the change feed as JSON lines.
"""

from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from worker.explain.why import as_json, why
from worker.store.read.changes import changes, check_position
from worker.store.read.files import file_rows
from worker.web import params
from worker.web.site import get_article, get_story, reading
from worker.web.story_list import story_page_rows

#: Rows of a page: without ``limit``, and the largest ``limit``.
_ROWS, MOST_ROWS = 100, 1_000
#: Lines of the change feed in one answer, about 120 bytes each.
MOST_CHANGES = 10_000
_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value, option=_JSON), media_type="application/json")


def _next(request: Request, **changed: object) -> str:
    """Return the address of the next page: that of this page with ``changed`` parameters."""
    return f"{request.url.path}?{urlencode(dict(request.query_params) | changed)}"


def stories_api(request: Request) -> Response:
    """List live stories, newest first; with `q` the best matches first, and `notes` on what was not looked for.

    Of the matching articles the newest 500 are ranked; the stories of all others follow, newest first.
    """
    limit = params.int_param(request, "limit", least=1, most=MOST_ROWS) or _ROWS
    with reading(request) as connection:
        shown = story_page_rows(connection, request, limit)
    following = _next(request, after=shown.more) if shown.more else None
    return _json({"stories": shown.rows, "next": following, "notes": shown.notes})


def story_api(request: Request) -> Response:
    """Return a story: text, copies, related stories and translations; for a merged one, the story that it became."""
    story_id = params.path_id(request)
    with reading(request) as connection:
        return _json(get_story(connection, story_id))


def article_api(request: Request) -> Response:
    """Return an article: text, story, what cleaning changed, why it was joined, and the rejected candidates."""
    article_id = params.path_id(request)
    with reading(request) as connection:
        article = get_article(connection, article_id)
        explained = why(connection, str(article_id))
    explanation = as_json(explained)["articles"][0] if explained else {}
    return _json(explanation | {"text": article.text})


def files_api(request: Request) -> Response:
    """List delivered files, newest first, with the outcome of each."""
    state = params.file_state(request)
    limit = params.int_param(request, "limit", least=1, most=MOST_ROWS) or _ROWS
    with reading(request) as connection:
        rows = file_rows(connection, state=state, before=params.int_param(request, "before"), limit=limit + 1)
    rows_shown, last = params.cut_page(rows, limit)
    return _json({"files": rows_shown, "next": _next(request, before=last.id) if last else None})


def changes_api(request: Request) -> Response:
    """Return the change feed, oldest first, one JSON object a line.

    Pass the last ``id`` as ``after`` to continue: no change is missed or repeated. Pass its ``epoch`` too, and the
    status is 409 if a restore has replaced that change: then start from the beginning.
    """
    after, epoch = params.int_param(request, "after") or 0, params.uuid_param(request, "epoch")
    limit = params.int_param(request, "limit", least=1, most=MOST_CHANGES) or _ROWS * 10
    with reading(request) as connection:
        check_position(connection, after, epoch)
        rows = changes(connection, after, limit)
    lines = b"".join(orjson.dumps(row, option=_JSON | orjson.OPT_APPEND_NEWLINE) for row in rows)
    return Response(lines, media_type="application/jsonl")
