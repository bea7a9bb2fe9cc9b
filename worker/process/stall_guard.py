"""Signs of progress go in; the process ends when there were none for long: a silent peer blocks a call for ever.

Keepalive and statement timeouts end what is dead; a proxy that holds a connection open and says nothing is not, and
libpq has no time limit of its own. Whoever supervises starts the process again, and the ledger knows what is to do.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from worker.process import log

logger = log.get(__name__)

_last = [time.monotonic()]


def progress() -> None:
    """Say that work goes on; cheap enough for every file and every block of one."""
    _last[0] = time.monotonic()


@contextmanager
def exit_on_stall(seconds: float) -> Iterator[None]:
    """Watch, in a thread, that inside the block a tick comes at least every ``seconds``; else end with code 1."""
    progress()
    done = threading.Event()
    threading.Thread(target=_watch, args=(seconds, done), name="standstill", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(seconds: float, done: threading.Event) -> None:
    while not done.wait(min(seconds / 4, 5.0)):
        if time.monotonic() - _last[0] > seconds:
            logger.critical("nothing has moved for long, ending the process to begin anew", seconds=seconds)
            os._exit(1)
