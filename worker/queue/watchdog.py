"""End a worker whose event loop is stuck: only a restart cured every kind of stall that we saw.

The supervisor (``up``, compose) starts it again; other workers process the files that it held.
"""

import os
import threading
import time
from typing import Any

from celery import Celery, bootsteps

from worker.process import log

logger = log.get(__name__)

#: Longer than any pause of a healthy loop; half-open connections to Redis recover in 18 s without help.
STALL_SECONDS = 20
_TICK_SECONDS = 2


_ticked = [time.monotonic()]


def _tick() -> None:
    _ticked[0] = time.monotonic()


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc]
    """End the process, from a thread outside the event loop, when the loop stops ticking."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stopped = threading.Event()

    def start(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Start the thread."""
        _tick()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Stop watching: a worker that shuts down no longer has a loop."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            if time.monotonic() - _ticked[0] > STALL_SECONDS:
                logger.critical("the worker's event loop is stuck, ending the process", seconds=STALL_SECONDS)
                os._exit(1)


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
