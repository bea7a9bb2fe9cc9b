"""A stream of Redis or Valkey as a source of messages, read in a consumer group. Needs Redis 6.2 or Valkey.

Each process is a consumer of its own name. Messages of one that ended are found by the time since their delivery, by
the server's clock: a wrong clock makes them come early or late, which costs work, but changes no outcome.
"""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from worker.inbox.message_source import AbandonedMessage, SourceError, SourceMessage
from worker.settings.streams import StreamUrl
from worker.settings.urls import redis_url

#: A delivered message that was not acknowledged for this long is taken over: as long as other parts wait for a silent
#: peer. A reader that is only slow loses nothing by it: the ledger knows the message, accepted by either reader.
ABANDONED_SECONDS = 20
#: Milliseconds that a read waits for the first message, and so what a stop may take.
_WAIT_MS = 1000
_CONNECT_SECONDS = 5
#: Longer than a read waits; a reply of 64 MB takes a second on a slow network.
_ANSWER_SECONDS = 20
#: Abandoned messages that are listed at a time; they are taken over one by one.
_LISTED = 100


class RedisStream:
    """One consumer of the group that the URL names."""

    def __init__(self, url: StreamUrl, password: str) -> None:
        self._url = url
        # unique, because a consumer that leaves the group takes its messages with it
        self._consumer = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._client = Redis.from_url(
            redis_url(url.address, password),
            socket_connect_timeout=_CONNECT_SECONDS,
            socket_timeout=_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),  # the caller tries again, and reports meanwhile what it waits for
        )

    @property
    def name(self) -> str:
        """The name of the stream."""
        return self._url.stream

    def read(self, limit: int) -> list[SourceMessage]:
        """Return the next messages that no consumer of the group has had."""
        stream, group = self._url.stream, self._url.group
        with self._answering():
            try:
                found: Any = self._client.xreadgroup(group, self._consumer, {stream: ">"}, count=limit, block=_WAIT_MS)
            except ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                # from the first message on, so that none is lost which was sent before the first start
                self._client.xgroup_create(stream, group, id="0", mkstream=True)
                return []
        return [_message(*entry) for _, entries in found or () for entry in entries]

    def abandoned(self) -> list[AbandonedMessage]:
        """Return messages of any consumer of the group, this one included: the reply may have been lost."""
        with self._answering():
            try:
                pending: Any = self._client.xpending_range(
                    self._url.stream, self._url.group, "-", "+", _LISTED, idle=ABANDONED_SECONDS * 1000
                )
            except ResponseError as error:
                if not str(error).startswith("NOGROUP"):
                    raise
                return []
        return [AbandonedMessage(entry["message_id"].decode(), entry["times_delivered"]) for entry in pending]

    def take(self, message_id: str) -> SourceMessage | None:
        """Claim a message, unless another consumer was faster."""
        stream = self._url.stream
        with self._answering():
            claimed: Any = self._client.xclaim(
                stream, self._url.group, self._consumer, ABANDONED_SECONDS * 1000, [message_id]
            )
            for found, fields in claimed:
                if fields is not None:
                    return _message(found, fields)
            # nothing is claimed of a message that was deleted from the stream, nor of one that another consumer has
            return None if self._client.xrange(stream, message_id, message_id) else SourceMessage(message_id, {})

    def set_deliveries(self, message_id: str, deliveries: int) -> None:
        """Claim a message of this consumer once more, with this count of deliveries."""
        with self._answering():
            self._client.xclaim(
                self._url.stream, self._url.group, self._consumer, 0, [message_id], retrycount=deliveries, justid=True
            )

    def acknowledge(self, message_ids: Sequence[str]) -> None:
        """Remove messages from those that the group has taken; the stream keeps them until it is trimmed."""
        with self._answering():
            self._client.xack(self._url.stream, self._url.group, *message_ids)

    def lag(self) -> int | None:
        """Return what the group has not read and not acknowledged; Redis 6 and a stream with holes can't say."""
        with self._answering():
            try:
                groups: Any = self._client.xinfo_groups(self._url.stream)
            except ResponseError as error:
                if "no such key" not in str(error):
                    raise
                return 0
        for group in groups:
            if group["name"] == self._url.group.encode():
                return None if group.get("lag") is None else group["lag"] + group["pending"]
        return None

    def close(self) -> None:
        """Leave the group, unless messages are still under this name: they would be lost with it."""
        stream, group = self._url.stream, self._url.group
        with self._client, self._answering():
            held: Any = self._client.xpending_range(stream, group, "-", "+", 1, self._consumer)
            if not held:
                self._client.xgroup_delconsumer(stream, group, self._consumer)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (RedisError, OSError) as error:
            raise SourceError(f"The stream {self._url.stream} can't be used ({error}); its messages wait.") from error


def _message(message_id: bytes, fields: dict[bytes, bytes] | None) -> SourceMessage:
    return SourceMessage(message_id.decode(), fields or {})
