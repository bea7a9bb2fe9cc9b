"""Send messages to the workers and read the queue. A Redis that can't be reached is logged and never raises."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from celery import Celery
from kombu import Queue
from kombu.exceptions import OperationalError
from redis import RedisError

from worker.process import log
from worker.queue.app import QUEUE, get_app
from worker.settings import Settings

logger = log.get(__name__)

#: Names of the tasks in messages. Workers of another version read them too.
PROCESS_TASK = "copydesk.process"
PING_TASK = "copydesk.beat"
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


def queue_length(settings: Settings) -> int | None:
    """Return the number of messages in the queue, or None when Redis can't be reached."""
    return _query(get_app(settings), lambda client: int(client.llen(QUEUE)))


def next_message_ids(settings: Settings) -> list[int] | None:
    """Return the ledger ids in the queue's next message: none if it is empty, None if Redis can't be reached."""
    return _query(get_app(settings), lambda client: _ledger_ids(client.lindex(QUEUE, -1)))


def _ledger_ids(message: bytes | None) -> list[int]:
    """Return the ids in a message as kombu writes it: its body is a list whose first item holds the arguments."""
    if message is None:
        return []
    arguments: list[list[int]] = json.loads(base64.b64decode(json.loads(message)["body"]))[0]
    # an earlier version also sent its pings, which have no arguments, to this queue
    return arguments[0] if arguments else []


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
