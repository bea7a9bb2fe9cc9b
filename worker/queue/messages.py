"""Send messages to the workers and read the queue. A Redis that can't be reached is logged and never raises."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from celery import Celery
from kombu import Queue
from kombu.exceptions import OperationalError
from redis import RedisError

from worker.process import log
from worker.queue.app import get_app
from worker.queue.message_format import PING_TASK, PROCESS_TASK, QUEUE, UnreadableMessageError, ids_of
from worker.settings import Settings

logger = log.get(__name__)

#: Messages at the head of the queue among which the sweeper looks for a readable one.
_LOOK_AHEAD = 10
#: Publishing must never hang the watcher: the row is committed, the sweeper sends again what could not be sent.
# one retry: with the default a Redis that is down costs 6 s, longer than a health check waits
_PUBLISH = {"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 1}
#: A ping to a worker that was killed expires after this time; a ping to a living worker waits for its batch.
_PING_SECONDS = 3600
T = TypeVar("T")


def send(settings: Settings, batches: Iterable[Sequence[int]]) -> bool:
    """Enqueue batches of ledger ids; False when Redis could not be reached (the sweeper will send them)."""
    return _publish(get_app(settings), PROCESS_TASK, ([list(ids)] for ids in batches), QUEUE)


def ping_worker(app: Celery, queue: Queue) -> None:
    """Ask the worker that reads ``queue`` for a heartbeat, unless its last ping still waits there."""
    waiting = _query(app, lambda client: client.exists(queue.name))
    if waiting == 0 and _publish(app, PING_TASK, [[]], queue):
        _query(app, lambda client: client.expire(queue.name, _PING_SECONDS))


def answers(app: Celery) -> bool:
    """Return whether Redis answers on a new connection."""
    return _query(app, lambda client: bool(client.ping())) is not None


def next_message_ids(settings: Settings) -> list[int] | None:
    """Return the ledger ids in the queue's next message: none if it is empty, None if Redis can't be reached.

    Messages that can't be read are passed over; the worker that takes one sets it aside.
    """
    return _query(get_app(settings), lambda client: _first_readable(client.lrange(QUEUE, -_LOOK_AHEAD, -1)))


def _first_readable(messages: Sequence[bytes]) -> list[int]:
    for message in reversed(messages):
        with suppress(UnreadableMessageError):
            return ids_of(message)
    return []


def _publish(app: Celery, task: str, calls: Iterable[list[Any]], queue: Queue | str) -> bool:
    try:
        options = app.conf.broker_transport_options | _PUBLISH
        with (
            app.connection_for_write(transport_options=options) as connection,
            app.amqp.Producer(connection) as producer,
        ):
            for arguments in calls:
                # no `argsrepr`: nobody reads Celery's description of the arguments, which costs 4 µs a file
                app.send_task(task, arguments, producer=producer, queue=queue, ignore_result=True, argsrepr="")
    except (OperationalError, OSError, RedisError) as error:
        logger.warning("the queue can't be reached; the sweeper sends again what is due", reason=str(error))
        return False
    return True


def _query(app: Celery, command: Callable[[Any], T]) -> T | None:
    try:
        with app.connection_for_read(transport_options=app.conf.broker_transport_options | _PUBLISH) as connection:
            return command(connection.default_channel.client)
    except (OperationalError, OSError, RedisError) as error:
        logger.warning("the queue can't be reached", reason=str(error))
        return None
