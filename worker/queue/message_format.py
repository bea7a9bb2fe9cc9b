"""Read a message of the queue as kombu writes it, and find out whether a worker can take it.

Redis may hold anything: another program wrote to it, or a version that formats messages otherwise. kombu and Celery
raise a ``KeyError`` or the like for such a message, which ends the worker that has just taken it.
"""

import base64
import binascii
import json
from typing import Any

#: The list in Redis of the messages to the workers.
QUEUE = "copydesk"
#: How many messages were set aside because they can't be read.
SET_ASIDE_COUNT = "copydesk.unreadable.count"
#: Names of the tasks in messages. Workers of another version read them too.
PROCESS_TASK = "copydesk.process"
PING_TASK = "copydesk.beat"
_LARGEST_ID = 2**63 - 1


class UnreadableMessageError(ValueError):
    """The message does not have the form in which this program writes messages; the text says where."""


def ids_of(message: bytes) -> list[int]:
    """Return the ledger ids in a message; none in a ping.

    Raises:
        UnreadableMessageError: a worker could not take this message.
    """
    try:
        parsed = json.loads(message)
        headers, properties = parsed["headers"], parsed["properties"]
        _check_envelope(parsed, headers, properties)
        arguments, keywords, _callbacks = json.loads(base64.b64decode(parsed["body"], validate=True))
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error) as error:
        raise UnreadableMessageError(f"{type(error).__name__}: {error}"[:200]) from error
    _require(isinstance(arguments, list) and keywords == {}, "arguments")
    if headers["task"] != PROCESS_TASK:
        return []
    _require(len(arguments) == 1 and isinstance(arguments[0], list) and all(map(_is_id, arguments[0])), "ids")
    return list(arguments[0])


def _check_envelope(parsed: dict[str, Any], headers: dict[str, Any], properties: dict[str, Any]) -> None:
    """Check what kombu and Celery read before the task is called."""
    delivery = properties["delivery_info"]
    texts = (properties["delivery_tag"], headers["id"], delivery["exchange"], delivery["routing_key"])
    _require(all(isinstance(value, str) for value in texts), "delivery")
    _require(headers["task"] in (PROCESS_TASK, PING_TASK), "task")
    _require(parsed["content-type"] == "application/json" and parsed["content-encoding"] == "utf-8", "content type")
    _require(properties.get("body_encoding") == "base64", "encoding of the body")
    timing = (headers.get("eta"), headers.get("expires"), *(headers.get("timelimit") or ()))
    _require(not any(timing), "time")  # messages of this program never have one
    _require(all(headers.get(name) is None for name in ("group", "shadow", "chord", "compression")), "headers")


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_ID


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise UnreadableMessageError(f"unexpected {what}")
