"""Read the queue's figures straight from Redis: `status` and the pages import neither Celery nor kombu for them."""

from collections.abc import Callable

from redis import Redis, RedisError

from worker.queue.message_format import QUEUE, SET_ASIDE_COUNT
from worker.settings import Settings

_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 5


def queue_length(settings: Settings) -> int | None:
    """Return the number of messages in the queue, or None when Redis can't be reached."""
    return _query(settings, lambda client: client.llen(QUEUE))


def unreadable_messages(settings: Settings) -> int | None:
    """Return the number of messages that were set aside, or None when Redis can't be reached."""
    return _query(settings, lambda client: client.get(SET_ASIDE_COUNT))


def _query(settings: Settings, command: Callable[[Redis], object]) -> int | None:
    try:
        with Redis.from_url(
            settings.redis_url, socket_connect_timeout=_CONNECT_SECONDS, socket_timeout=_ANSWER_SECONDS
        ) as client:
            return int(str(command(client) or 0))
    except (OSError, RedisError):
        return None
