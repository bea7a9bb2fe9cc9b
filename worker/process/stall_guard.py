"""End the process when it has made no progress for a long time: a silent peer can block a call for ever.

Keepalive and statement timeouts end dead connections, but not one that a proxy holds open in silence, and libpq has no
timeout for that. The supervisor restarts the process, and the ledger knows which work is left.
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
    """Record that work goes on; cheap enough to call for every file and every block of a file."""
    _last[0] = time.monotonic()


@contextmanager
def exit_on_stall(seconds: float) -> Iterator[None]:
    """Exit with code 1 when ``progress`` is not called for ``seconds`` inside the block; a thread checks this."""
    progress()
    done = threading.Event()
    threading.Thread(target=_watch, args=(seconds, done), name="stall-guard", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _watch(seconds: float, done: threading.Event) -> None:
    while not done.wait(min(seconds / 4, 5.0)):
        if time.monotonic() - _last[0] > seconds:
            logger.critical("no progress for a long time, ending the process so that it is restarted", seconds=seconds)
            os._exit(1)
