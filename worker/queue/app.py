"""The Celery app: every setting with its reason. The measurements behind them are in ``docs/guarantees.md``.

The queue only wakes workers up; the ledger in Postgres is the truth. So a lost message costs seconds, never a file.
"""

import socket
from functools import cache

from celery import Celery
from kombu import Queue

from worker.settings import Settings

QUEUE = "copydesk"
#: A dead peer is noticed in about 20 s. Without TCP_USER_TIMEOUT, keepalive sends nothing while data is unacknowledged,
#: and a worker never notices that its connection is half open.
_KEEPALIVE = {
    socket.TCP_KEEPIDLE: 10,
    socket.TCP_KEEPINTVL: 5,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 20_000,
}


def get_app(settings: Settings) -> Celery:
    """Return this process's app on ``settings.redis_url``, created on first use."""
    return _create_app(settings.redis_url, settings.task_seconds)


@cache
def _create_app(redis_url: str, task_seconds: int) -> Celery:
    # when an unacknowledged message is delivered again: well over the longest task with one prefetched
    visibility_seconds = 4 * task_seconds + 60
    app = Celery("copydesk", broker=redis_url or None, include=["worker.queue.tasks"])
    transport = {
        "visibility_timeout": visibility_seconds,
        "unacked_restore_interval": 5,  # by default lost messages come back only after 99 s
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "socket_keepalive_options": _KEEPALIVE,
        "socket_connect_timeout": 5,
        # no socket_timeout on a worker: with it kombu popped messages and dropped them
    }
    app.conf.update(
        task_queues=[Queue(QUEUE)],
        task_default_queue=QUEUE,
        task_serializer="json",
        accept_content=["json"],  # pickle would let whoever reaches Redis run code
        task_ignore_result=True,  # the ledger holds the outcome; no result store, no second way to fail
        result_backend=None,
        task_acks_late=True,  # a killed worker's message comes back
        task_reject_on_worker_lost=True,  # a killed child's too; the ledger counts attempts, so it can't go on for ever
        worker_proc_alive_timeout=30,  # a new child asks the database first, which may be slow to answer
        worker_prefetch_multiplier=1,  # few messages in hand when it dies
        task_soft_time_limit=task_seconds,
        task_time_limit=task_seconds + 15,  # native code ignores the soft limit; this one kills the child
        visibility_timeout=visibility_seconds,  # and in the transport's options; a result store has none here
        broker_transport_options=transport,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # by default it gives up after 100
        # children are renewed, whatever a library leaks: at 50,000 files of 100 a batch one has 246 MB, at 120,000 254
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=450_000,  # kB, twice what one needs: a new child reads its word lists again
        # no soft shutdown: it sleeps its whole time out even when nothing is in hand any more. SIGTERM finishes the
        # batch in hand, and whoever supervises kills after a grace period: the ledger gives the rest to others.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,  # nobody listens
        event_queue_expires=60,
        task_publish_retry=False,  # the row is committed: the sweeper sends what could not be sent
    )
    return app
