"""The Celery tasks, thin: a message names ledger ids, the pipeline does the work."""

import base64
import gc
import json
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from celery.signals import worker_init, worker_process_init, worker_process_shutdown
from kombu import Queue
from kombu.exceptions import OperationalError
from redis import RedisError

from worker.article import ProcessKind
from worker.language import detect
from worker.pipeline.batch import BatchProcessor
from worker.process import log
from worker.process.supervisor import die_with_parent
from worker.queue.app import QUEUE, app
from worker.queue.heartbeat import Heartbeat
from worker.settings import current
from worker.store.session import engine

logger = log.get(__name__)

#: Publishing must never hang the watcher: the row is committed, the sweeper sends again what could not be sent.
# one second try: by default a Redis that is gone costs 6 s, longer than a health check waits
_PUBLISH = {"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 1}
#: A question to a worker that was killed is forgotten after as long; one to a worker that lives waits for a batch.
_QUESTION_SECONDS = 3600
#: A batch makes tens of thousands of objects and hardly a cycle: searched at every 700, as by default, it costs 2 %.
_NEW_OBJECTS = 20_000
_processors: list[BatchProcessor] = []
T = TypeVar("T")


def processor() -> BatchProcessor:
    """Return this process's desk; made on first use, so that nothing is carried over a fork."""
    if not _processors:
        _processors.append(BatchProcessor(current(), engine(current())))
    return _processors[0]


@cache
def heartbeat() -> Heartbeat:
    """Return the heartbeat of the worker that this process is a child of."""
    return Heartbeat(processor().engine, ProcessKind.WORKER, os.getppid())


@worker_init.connect  # type: ignore[untyped-decorator]
def _before_forking(**_kwargs: Any) -> None:
    detect.model()
    # what was loaded stays for good: no child searches it for garbage, or copies its pages by doing so
    gc.collect()
    gc.freeze()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _warm_up(**_kwargs: Any) -> None:
    # a child that outlives its killed parent would go on holding files that it can't tell to be done
    die_with_parent(signal.SIGKILL)
    log.configure(current())
    gc.set_threshold(_NEW_OBJECTS)
    _processors.clear()
    heartbeat.cache_clear()
    processor().announce()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _close(**_kwargs: Any) -> None:
    for one in _processors:
        one.close()


@app.task(name="copydesk.process")  # type: ignore[untyped-decorator]
def process(ids: list[int]) -> None:
    """Bring the files of a message to their outcome."""
    parts = processor().process(ids)
    heartbeat().beat()
    if parts:
        send([part] for part in parts)


# acknowledged as soon as a child takes it: a question to a worker that was killed need not be asked again
@app.task(name="copydesk.beat", acks_late=False)  # type: ignore[untyped-decorator]
def answer_ping() -> None:
    """Prove by doing it that messages reach this worker and its database answers."""
    heartbeat().beat()


def send(batches: Iterable[Sequence[int]]) -> bool:
    """Enqueue batches of ledger ids; False when Redis could not be reached (the sweeper will send them)."""
    return _publish(((process, [list(ids)]) for ids in batches), QUEUE)


def ping_worker(queue: Queue) -> None:
    """Ask the worker that reads ``queue`` for a sign of life, unless it has not taken the last question yet."""
    waiting = _ask(lambda client: client.exists(queue.name))
    if waiting == 0 and _publish([(answer_ping, [])], queue):
        _ask(lambda client: client.expire(queue.name, _QUESTION_SECONDS))


def _publish(calls: Iterable[tuple[Any, list[Any]]], queue: Queue | str) -> bool:
    try:
        options = app.conf.broker_transport_options | _PUBLISH
        with (
            app.connection_for_write(transport_options=options) as connection,
            app.amqp.Producer(connection) as producer,
        ):
            for task, arguments in calls:
                # no `argsrepr`: what Celery would tell of them, at 4 µs a file, nobody reads
                task.apply_async(args=arguments, producer=producer, queue=queue, argsrepr="")
    except (OperationalError, OSError, RedisError) as error:
        logger.warning("the queue can't be reached; the sweeper sends again what is due", reason=str(error))
        return False
    return True


def queue_length() -> int | None:
    """Return the number of messages in the queue, or None when Redis can't be reached."""
    return _ask(lambda client: int(client.llen(QUEUE)))


def next_message_ids() -> list[int] | None:
    """Return the ledger ids that the next message of the queue names, none where it is empty; None without Redis."""
    return _ask(lambda client: _named(client.lindex(QUEUE, -1)))


def _named(message: bytes | None) -> list[int]:
    """Return the ids that a message as kombu writes it names: its body is a list whose first item are the arguments."""
    if message is None:
        return []
    arguments: list[list[int]] = json.loads(base64.b64decode(json.loads(message)["body"]))[0]
    # a version before this one also asked for signs of life here
    return arguments[0] if arguments else []


def _ask(question: Callable[[Any], T]) -> T | None:
    try:
        with app.connection_for_read(transport_options=app.conf.broker_transport_options | _PUBLISH) as connection:
            return question(connection.default_channel.client)
    except (OperationalError, OSError, RedisError) as error:
        logger.warning("the queue can't be reached", reason=str(error))
        return None
