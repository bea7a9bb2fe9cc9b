"""kombu's transport for Redis, with what a worker needs to go on when a message can't be read or acknowledged.

kombu has no place for this: it parses a message where it takes it from Redis, in the worker's event loop.
"""

from typing import Any

from celery.app.amqp import AMQP
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis

from worker.process import log
from worker.queue import liveness
from worker.queue.message_format import SET_ASIDE_COUNT, UnreadableMessageError, ids_of

logger = log.get(__name__)

#: The list in Redis of the newest messages that could not be read, for a person to look at.
SET_ASIDE = "copydesk.unreadable"
_KEPT_MESSAGES = 100
_KEPT_BYTES = 10_000
#: The longest pause between two attempts of a worker to reach Redis. kombu's default, 30 s, is longer than the watchdog
#: waits for a loop when Redis answers again.
_RETRY_SECONDS = 10


def set_aside(client: Any, message: bytes, reason: str) -> None:
    """Keep the beginning of an unreadable message, count it and log it. Its files, if any, are in the ledger."""
    logger.error("a message can't be read and is set aside", reason=reason, list=SET_ASIDE, bytes=len(message))
    with client.pipeline() as pipe:
        pipe.lpush(SET_ASIDE, message[:_KEPT_BYTES]).ltrim(SET_ASIDE, 0, _KEPT_MESSAGES - 1)
        pipe.incr(SET_ASIDE_COUNT).execute()


class CheckedQoS(kombu_redis.QoS):  # type: ignore[misc]
    """Messages that are taken and not acknowledged: one that can't be restored is set aside.

    A worker takes no more messages than it has children. kombu goes on counting a message whose acknowledgement failed
    because Redis could not be reached: with one such message a child, the worker never takes another one.
    """

    def ack(self, delivery_tag: str) -> None:
        """Acknowledge a message; if that fails, Redis delivers it again later, but this worker no longer holds it."""
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Reject a message; if that fails, as in `ack`."""
        try:
            super().reject(delivery_tag, requeue)
        finally:
            self._quick_ack(delivery_tag)

    def restore_by_tag(self, tag: str, client: Any = None, leftmost: bool = False) -> None:
        """Return a message to its queue, or set it aside: else every look at this hash would fail at it."""
        try:
            super().restore_by_tag(tag, client, leftmost)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            with self.channel.conn_or_acquire(client) as connected:
                stored = connected.hget(self.unacked_key, tag) or b""
                set_aside(connected, stored, f"{type(error).__name__}: {error}"[:200])
                with connected.pipeline() as pipe:
                    self._remove_from_indices(tag, pipe).execute()


class CheckedChannel(kombu_redis.Channel):  # type: ignore[misc]
    """A channel that checks each message before kombu parses it, and shows the watchdog that it asks for messages."""

    QoS = CheckedQoS

    def _brpop_start(self, timeout: float | None = None) -> None:
        super()._brpop_start(timeout)
        liveness.asks.record()

    def _brpop_read(self, **options: Any) -> Any:
        client = self.client
        take = client.parse_response

        def take_readable(*arguments: Any, **named: Any) -> Any:
            answer = take(*arguments, **named)
            if answer:
                try:
                    ids_of(answer[1])
                except UnreadableMessageError as error:
                    with self.conn_or_acquire() as other:  # the client of this channel waits for messages
                        set_aside(other, answer[1], str(error))
                    return None  # as if the wait had ended without a message
            return answer

        client.parse_response = take_readable
        try:
            return super()._brpop_read(**options)
        finally:
            del client.parse_response


class CheckedTransport(kombu_redis.Transport):  # type: ignore[misc]
    """The transport of this program's queue."""

    Channel = CheckedChannel


class RetryingConnection(Connection):  # type: ignore[misc]
    """A connection to Redis that soon notices that Redis is back."""

    def ensure_connection(self, *arguments: Any, **options: Any) -> Any:
        """Connect, and try again until that succeeds."""
        return super().ensure_connection(*arguments, **{"interval_max": _RETRY_SECONDS} | options)


class RetryingAMQP(AMQP):  # type: ignore[misc]
    """Celery's use of kombu with these connections."""

    Connection = RetryingConnection


def install() -> None:
    """Use this transport for addresses of Redis."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:{CheckedTransport.__name__}"
