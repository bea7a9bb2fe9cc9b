"""Ends a worker whose event loop stands still: the one cure for every kind of stall that was seen.

Whoever supervises it (``up``, compose) starts it again; what it held is taken up by others.
"""

import os
import threading
import time
from typing import Any

from celery import Celery, bootsteps

from worker.process import log

logger = log.get(__name__)

#: Longer than any pause of a healthy loop; half-open connections to Redis heal in 18 s by themselves.
STALL_SECONDS = 20
_TICK_SECONDS = 2


_ticked = [time.monotonic()]


def _tick() -> None:
    _ticked[0] = time.monotonic()


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc]
    """A thread outside the worker's event loop, which ends the process when the loop stops ticking."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._stopped = threading.Event()

    def start(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Begin to watch."""
        _tick()
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Stop watching: a worker that shuts down has no loop any more."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            if time.monotonic() - _ticked[0] > STALL_SECONDS:
                logger.critical("the worker's event loop stands still, ending the process", seconds=STALL_SECONDS)
                os._exit(1)


class TickStep(bootsteps.StartStopStep):  # type: ignore[misc]
    """A timer that ticks inside the loop, set anew at every connection: losing one clears all of Celery's timers."""

    requires = ("celery.worker.consumer:Connection",)

    def start(self, parent: Any) -> None:
        """Begin to tick."""
        _tick()
        parent.timer.call_repeatedly(_TICK_SECONDS, _tick)


def install(app: Celery) -> None:
    """Let every worker of ``app`` be watched."""
    app.steps["worker"].add(Watchdog)
    app.steps["consumer"].add(TickStep)
