"""End a worker that is stuck: only a restart cured every kind of stall that we saw.

A worker can be stuck in two ways: its event loop stops, or the loop runs but no longer asks Redis for messages. The
supervisor (``up``, compose) starts it again; other workers process the files that it held.
"""

import os
import threading
from typing import Any

from celery import Celery, bootsteps
from celery.worker import state

from worker.process import log
from worker.queue import liveness
from worker.queue.messages import answers

logger = log.get(__name__)

#: Longer than any pause of a healthy loop; half-open connections to Redis recover in 18 s without help.
STALL_SECONDS = 20
#: A worker without messages asks every second. A request on a dead connection ends within 25 s, by keepalive.
SILENT_SECONDS = 40
_TICK_SECONDS = 2


def _tick() -> None:
    liveness.turns.record()
    if state.reserved_requests or state.active_requests:
        liveness.holds.record()


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc]
    """End the process, from a thread outside the event loop, when the worker is stuck.

    While Redis can't be reached, a worker does right to wait: it then tries to connect, and its loop does not run.
    """

    # started after the pool, so stopped before it: the pool may wait long for its children's last batches
    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stopped = threading.Event()
        self._app: Celery = parent.app
        # after a connection was lost, a message waits for a child that still works on an earlier one
        self._longest_hold = 2 * int(parent.app.conf.task_time_limit)

    def start(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Start the thread."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Stop watching: a worker that shuts down no longer has a loop."""
        self._stopped.set()

    def _watch(self) -> None:
        signs = (liveness.turns, liveness.asks, liveness.holds)
        while not self._stopped.wait(_TICK_SECONDS):
            for sign in signs:
                sign.look(_TICK_SECONDS)
            if not (fault := self._fault()):
                continue
            if not answers(self._app):
                for sign in signs:
                    sign.reset()
            elif not self._stopped.is_set():
                logger.critical(f"{fault}, ending the process")
                os._exit(1)

    def _fault(self) -> str:
        if liveness.turns.silent_seconds > STALL_SECONDS:
            return f"the worker's event loop has been stuck for {STALL_SECONDS} s"
        asks, holds = liveness.asks.silent_seconds, liveness.holds.silent_seconds
        if min(asks, holds) > SILENT_SECONDS or asks > SILENT_SECONDS + self._longest_hold:
            return f"the worker has not asked for messages for {asks} s"
        return ""


class TickStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Tick from a timer of the loop, set at every connection: losing a connection clears all of Celery's timers."""

    requires = ("celery.worker.consumer:Connection",)

    def start(self, parent: Any) -> None:
        """Start the timer."""
        _tick()
        parent.timer.call_repeatedly(_TICK_SECONDS, _tick)


def install(app: Celery) -> None:
    """Watch the event loop of every worker of ``app``."""
    app.steps["worker"].add(Watchdog)
    app.steps["consumer"].add(TickStep)
