"""Ends a worker whose event loop stands still: the one cure for every kind of stall that was seen.

Whoever supervises it (``up``, compose) starts it again; what it held is taken up by others.
"""

import os
import threading
import time
from typing import Any

from celery import bootsteps

from worker import log

logger = log.get(__name__)

#: Longer than any pause of a healthy loop; half-open connections to Redis heal in 18 s by themselves.
STALL_SECONDS = 20
_TICK_SECONDS = 2


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc]
    """A timer ticks inside the worker's event loop; a thread outside ends the process when it stops ticking."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:
        super().__init__(parent, **kwargs)
        self._ticked = time.monotonic()
        self._stopped = threading.Event()

    def start(self, parent: Any) -> None:
        """Begin to tick and to watch."""
        self._tick()
        parent.timer.call_repeatedly(_TICK_SECONDS, self._tick)
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self, parent: Any) -> None:  # noqa: ARG002  Celery's signature
        """Stop watching: a worker that shuts down has no loop any more."""
        self._stopped.set()

    def _tick(self) -> None:
        self._ticked = time.monotonic()

    def _watch(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            if time.monotonic() - self._ticked > STALL_SECONDS:
                logger.critical("the worker's event loop stands still, ending the process", seconds=STALL_SECONDS)
                os._exit(1)
