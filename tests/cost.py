"""Limits on processor time that hold on fast and slow machines: measured next to fixed work, in the same thread.

Seconds alone depend on the machine and on its other load (shared caches, threads of one core): the same page took 1.9 s
on one machine and 2.7 s on another.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

#: Fixed work like that of the readers: find words, count them, sort and join them.
_TEXT = " ".join(f"word{number % 997} of line {number}" for number in range(20_000))
#: What the fixed work takes on the machine on which the limits of the tests were set.
_FIXED_WORK_SECONDS = 0.030


def _fixed_work() -> float:
    """Return the seconds of processor time that the fixed work takes now."""
    begin = time.thread_time()
    counts = Counter(re.findall(r"\w+", _TEXT))
    " ".join(f"{word}{count}" for word, count in sorted(counts.items()))
    return time.thread_time() - begin


@contextmanager
def costs_at_most(seconds: float) -> Iterator[None]:
    """Fail if the block takes more processor time than ``seconds`` of the machine on which the limits were set."""
    before = _fixed_work()
    begin = time.thread_time()
    yield
    taken = time.thread_time() - begin
    share = taken / max(before, _fixed_work())
    assert share < seconds / _FIXED_WORK_SECONDS, f"{taken:.2f} s, {share:.0f} times the fixed work"
