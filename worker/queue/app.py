"""The Celery app: every setting with its reason. The measurements behind them are in ``docs/guarantees.md``.

The queue only wakes workers up; the ledger in Postgres is the truth. So a lost message costs seconds, never a file.
"""

import socket
from functools import cache

from celery import Celery
from kombu import Queue

from worker.queue import transport as transport_module
from worker.queue.message_format import QUEUE
from worker.settings import Settings

#: A dead peer is noticed in about 20 s. Without TCP_USER_TIMEOUT, keepalive sends nothing while data is unacknowledged,
#: and a worker never notices that its connection is half open.
_KEEPALIVE = {socket.TCP_KEEPIDLE: 10, socket.TCP_KEEPINTVL: 5, socket.TCP_KEEPCNT: 3, socket.TCP_USER_TIMEOUT: 20_000}


def get_app(settings: Settings) -> Celery:
    """Return this process's app on ``settings.redis_url``, created on first use."""
    return _create_app(settings.redis_url, settings.task_seconds)


@cache
def _create_app(redis_url: str, task_seconds: int) -> Celery:
    # when an unacknowledged message is delivered again: well over the longest task with one prefetched
    visibility_seconds = 4 * task_seconds + 60
    transport_module.install()
    amqp = transport_module.RetryingAMQP
    app = Celery("copydesk", broker=redis_url or None, amqp=amqp, include=["worker.queue.tasks"])
    transport = {
        "visibility_timeout": visibility_seconds,
        "unacked_restore_interval": 5,  # with the default lost messages come back only after 99 s
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "socket_keepalive_options": _KEEPALIVE,
        "socket_connect_timeout": 5,
        # no socket_timeout on a worker: with it, kombu popped messages and dropped them
    }
    app.conf.update(
        task_queues=[Queue(QUEUE)],
        task_default_queue=QUEUE,
        task_serializer="json",
        accept_content=["json"],  # pickle would let anyone who reaches Redis run code
        task_ignore_result=True,  # the ledger holds the outcome; a result store could only fail as well
        result_backend=None,
        task_acks_late=True,  # a killed worker's message comes back
        task_reject_on_worker_lost=True,  # so does a killed child's; the ledger limits the attempts
        worker_proc_alive_timeout=30,  # a new child first connects to the database, which may be slow
        worker_prefetch_multiplier=1,  # so that a worker that dies holds few messages
        task_soft_time_limit=task_seconds,
        task_time_limit=task_seconds + 15,  # native code ignores the soft limit; this limit kills the child
        visibility_timeout=visibility_seconds,  # set again in the transport's options above
        broker_transport_options=transport,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # the default gives up after 100
        # children are replaced, in case a library leaks: in batches of 100 a child has 246 MB after 50,000 files and
        # 254 MB after 120,000
        worker_max_tasks_per_child=500,
        worker_max_memory_per_child=450_000,  # kB, twice what a child needs: a new one reads its word lists again
        # no soft shutdown: it sleeps for its whole timeout even when the worker holds nothing. SIGTERM finishes the
        # current batch, and the supervisor kills after a grace period: the ledger gives the rest to other workers.
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_enable_remote_control=False,  # nothing uses it, and a malformed command would end a worker
        worker_send_task_events=False,  # nothing reads them
        event_queue_expires=60,
        task_publish_retry=False,  # the row is committed: the sweeper sends it later
    )
    return app
