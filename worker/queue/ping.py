"""Asks this worker's children for a sign of life, through a queue of the worker's own.

In the queue of all workers a question may go to the same one for minutes: Redis answers whoever has waited longest,
and workers that ask every second keep their turn. So a healthy worker beside a healthy one counted as dead.
"""

import os
import socket
from typing import Any

from celery import Celery, bootsteps
from kombu import Queue

from worker.queue.app import QUEUE
from worker.queue.heartbeat import BEAT_SECONDS
from worker.queue.messages import ping_worker


def own_queue() -> Queue:
    """Return the queue that only this process reads; its key is gone from Redis whenever it is empty."""
    return Queue(f"{QUEUE}.{socket.gethostname()}.{os.getpid()}")


class PingStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """A timer inside the loop, not a thread: a child forked in the middle of a thread's call inherits its locks.

    Set anew at every connection: losing one clears all of Celery's timers.
    """

    requires = ("celery.worker.consumer:Connection",)

    def start(self, parent: Any) -> None:
        """Begin to ask."""
        parent.timer.call_repeatedly(BEAT_SECONDS, ping_worker, (parent.app, own_queue()))


def install(app: Celery) -> None:
    """Let the worker that this process becomes ask itself for signs of life."""
    app.conf.task_queues = [*app.conf.task_queues, own_queue()]
    app.steps["consumer"].add(PingStep)
