"""The content of messages: JSON with a type, a time and data, as Standard Webhooks advises."""

import time
from datetime import UTC, datetime
from typing import Any

import orjson

from worker.article import MessageKind
from worker.settings import Settings
from worker.store.webhook_messages import WebhookMessage
from worker.webhooks.address import parse
from worker.webhooks.post import WebhookAnswer, WebhookRequest
from worker.webhooks.signature import signed_headers

_JSON = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
#: Kind of message -> its type.
_TYPES = {MessageKind.CHANGES: "stories.changed", MessageKind.RESTORED: "feed.restored"}


def body(message: WebhookMessage) -> bytes:
    """Return the content of a message, the same in each attempt."""
    data: dict[str, Any] = {"changes": message.changes}
    at = message.changes[-1].at if message.changes else message.created_at
    if message.kind == MessageKind.RESTORED:
        data = {"kept_until": message.after, "epoch": message.epoch}
    return orjson.dumps({"type": _TYPES[message.kind], "timestamp": at, "data": data}, option=_JSON)


def request_to(settings: Settings, url: str) -> WebhookRequest:
    """Return a request to a webhook, which may be sent."""
    return WebhookRequest(parse(url), settings.webhook_networks)


def send(request: WebhookRequest, message: WebhookMessage) -> WebhookAnswer:
    """Send a message and return the answer."""
    content = body(message)
    return request.send(signed_headers(message.secret, f"msg_{message.uuid.hex}", int(time.time()), content), content)


def send_test(request: WebhookRequest, webhook_id: int, secret: bytes) -> WebhookAnswer:
    """Send a signed message of the type `test`, which is not stored, and return the answer."""
    now = datetime.now(UTC)
    content = orjson.dumps({"type": "test", "timestamp": now, "data": {"webhook": webhook_id}}, option=_JSON)
    message_id = f"msg_test_{webhook_id}_{now.timestamp():.0f}"
    return request.send(signed_headers(secret, message_id, int(now.timestamp()), content), content)
