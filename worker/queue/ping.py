"""Ask this worker's children for heartbeats, through a queue that only this worker reads.

In the shared queue, pings may all reach the same worker for minutes: Redis serves the client that has waited longest,
and workers that poll every second keep their turn. So a healthy worker next to another one counted as dead.
"""

import os
import socket
from typing import Any

from celery import Celery, bootsteps
from kombu import Queue

from worker.queue.heartbeat import BEAT_SECONDS
from worker.queue.message_format import QUEUE
from worker.queue.messages import ping_worker


def own_queue() -> Queue:
    """Return the queue that only this process reads. Redis has no key for it while it is empty."""
    return Queue(f"{QUEUE}.{socket.gethostname()}.{os.getpid()}")


class PingStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Ping from a timer of the event loop, not a thread: a child forked during a thread's call inherits its locks.

    The timer is set at every connection, because losing a connection clears all of Celery's timers.
    """

    requires = ("celery.worker.consumer:Connection",)

    def start(self, parent: Any) -> None:
        """Start the timer."""
        parent.timer.call_repeatedly(BEAT_SECONDS, ping_worker, (parent.app, own_queue()))


def install(app: Celery) -> None:
    """Let the worker of this process ping its own children."""
    app.conf.task_queues = [*app.conf.task_queues, own_queue()]
    app.steps["consumer"].add(PingStep)
