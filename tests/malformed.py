"""Messages as other programs or versions may leave them in Redis, made from a good one."""

import base64
import json
from collections.abc import Iterator
from typing import Any


def good_message(ids: list[int]) -> dict[str, Any]:
    """Return a message as kombu writes it."""
    return {
        "body": _body([ids]),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {"lang": "py", "task": "copydesk.process", "id": "5a", "eta": None, "timelimit": [None, None]},
        "properties": {
            "delivery_tag": "7b",
            "delivery_info": {"exchange": "", "routing_key": "copydesk"},
            "body_encoding": "base64",
            "priority": 0,
        },
    }


def _body(arguments: object) -> str:
    return base64.b64encode(json.dumps([arguments, {}, {}]).encode()).decode()


def malformed() -> Iterator[bytes]:
    """Yield malformed messages: no JSON, other JSON, each part missing or of another type, other ids."""
    yield from (b"", b"\xff\xfe", b"{", b"null", b"[]", b"7", b'"text"', b"[" * 100_000, b"{}")
    for path in (
        *(("body",), ("content-type",), ("content-encoding",), ("headers",), ("properties",)),
        *(("headers", "task"), ("headers", "id"), ("properties", "delivery_tag"), ("properties", "body_encoding")),
        *(("properties", "delivery_info"), ("properties", "delivery_info", "exchange")),
        ("properties", "delivery_info", "routing_key"),
    ):
        for value in (None, 7, [7], {"a": 7}):
            message = good_message([1])
            part = message
            for name in path[:-1]:
                part = part[name]
            if value is None:
                del part[path[-1]]
            else:
                part[path[-1]] = value
            yield json.dumps(message).encode()
    for arguments in ([], [1], [[1], [2]], [["1"]], [[-1]], [[2**63]], [[True]], [None], {"ids": [1]}):
        yield json.dumps(good_message([1]) | {"body": _body(arguments)}).encode()
    for header in ({"eta": "tomorrow"}, {"expires": "x"}, {"timelimit": [1, "x"]}, {"task": "copydesk.unknown"}):
        message = good_message([1])
        message["headers"] |= header
        yield json.dumps(message).encode()
