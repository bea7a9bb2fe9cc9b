"""Answers as JSON, with an ETag: a program that has the same answer already gets 304 and no body."""

from hashlib import blake2b
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC | orjson.OPT_NON_STR_KEYS
#: An answer may be kept, but must be asked for again: stories change at any time.
_KEPT = "private, no-cache"


def answer(request: Request, value: Any, status: int = 200) -> Response:
    """Return ``value``; for GET with an ETag, or 304 if the header ``If-None-Match`` has it."""
    body = orjson.dumps(value, option=_JSON)
    if request.method != "GET" or status != 200:
        return Response(body, status, media_type="application/json")
    # weak: compressed and plain answers have the same
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"etag": tag, "cache-control": _KEPT}
    if tag in {part.strip() for part in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type="application/json")
