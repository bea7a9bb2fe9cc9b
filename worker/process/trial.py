"""Try work in a forked child first, where a crash of compiled code ends the child and not the worker.

The fork of a worker takes milliseconds, so only files are tried that a worker held when it ended.
"""

import os
import signal
from collections.abc import Callable
from typing import Final

from worker.process.supervisor import die_with_parent

#: Signals that a fault of compiled code raises; any other comes from outside, as from a machine without memory.
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL})


def crash_of(work: Callable[[], object]) -> str | None:
    """Run ``work`` in a child; return the name of the signal if compiled code crashed, else None.

    What ``work`` returns or raises is lost. It must not use connections of this process.
    """
    child = os.fork()
    if not child:
        try:
            die_with_parent(signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)  # Celery's handler would finish the parent's task first
            work()
        finally:
            os._exit(0)  # what was raised will be raised again in the parent
    status = None
    try:
        _, status = os.waitpid(child, 0)
    finally:
        if status is None:  # the time of the task is over
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return signal.Signals(number).name if number in _CRASHES else None
