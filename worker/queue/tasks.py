"""The Celery tasks. They are thin: a message holds ledger ids, the pipeline does the work."""

from billiard.exceptions import SoftTimeLimitExceeded
from billiard.pool import SIG_SOFT_TIMEOUT
from celery import shared_task

from worker.errors import OutOfTimeError
from worker.process.time_limit import out_of_time
from worker.queue.batching import enqueue
from worker.queue.message_format import PING_TASK, PROCESS_TASK
from worker.queue.worker import context


@shared_task(name=PROCESS_TASK)  # type: ignore[untyped-decorator]
def process(ids: list[int]) -> None:
    """Bring the files of a message to their outcome."""
    try:
        with out_of_time(SIG_SOFT_TIMEOUT):
            parts = context.processor.process(ids)
    except OutOfTimeError as error:
        raise SoftTimeLimitExceeded from error  # a task may raise no other error: it would end this process
    context.heartbeat.beat()
    if parts:
        enqueue(context.settings, [], separately=parts)


# acknowledged as soon as a child takes it: a ping to a worker that was killed need not be sent again
@shared_task(name=PING_TASK, acks_late=False)  # type: ignore[untyped-decorator]
def answer_ping() -> None:
    """Write a heartbeat: it proves that messages reach this worker and that its database answers."""
    context.heartbeat.beat()
