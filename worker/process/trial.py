"""Try work in a forked child first, where a crash of compiled code ends the child and not the worker.

The fork of a worker takes milliseconds, so only what a process held when it ended is tried.
"""

import faulthandler
import os
import signal
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from worker.process.supervisor import die_with_parent

#: Signals that a fault of compiled code raises; any other comes from outside, as from a machine without memory.
_CRASHES: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL})
T = TypeVar("T")


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
    return crash_name(os.waitstatus_to_exitcode(status))


def crash_name(exit_code: int | None) -> str | None:
    """Return the name of the signal if a process with this exit code (negative for a signal) crashed, else None."""
    number = -(exit_code or 0)
    return signal.Signals(number).name if number in _CRASHES else None


def find_crashing(items: Sequence[T], work: Callable[[Sequence[T]], object]) -> Iterator[tuple[int, str]]:
    """Yield the positions of items on which ``work`` crashes, and the signal, until it does not crash on the others.

    ``work`` gets some of the items in their order. Where two crash only together, as articles that are compared, it is
    the one without which more of the others are done, or else the later one.
    """

    def crash(positions: Sequence[int]) -> str | None:
        return crash_of(lambda: _quietly(work, [items[i] for i in positions]))

    def first(positions: Sequence[int], after: Sequence[int] = ()) -> int:
        """Return the index at which the shortest beginning ends that crashes, with the items ``after`` it."""
        return bisect_left(
            range(len(positions) - 1), True, key=lambda end: crash([*positions[: end + 1], *after]) is not None
        )

    def done_without(positions: Sequence[int], index: int) -> int:
        """Return how many of the items are done before a crash if one of them is left out."""
        others = [*positions[:index], *positions[index + 1 :]]
        return first(others) if crash(others) else len(others)

    left = [*range(len(items))]
    while name := crash(left):
        index = first(left)
        if index and not crash([left[index]]):
            earlier = first(left[:index], [left[index]])
            if done_without(left, earlier) > done_without(left, index):
                index = earlier
        yield left.pop(index), name


def _quietly(work: Callable[[Sequence[T]], object], items: Sequence[T]) -> None:
    faulthandler.disable()  # the traceback was printed when the process ended, and the search ends dozens
    work(items)
