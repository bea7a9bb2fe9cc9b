"""End a task whose time is over, by an error that no library can take for one of its own."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from worker.errors import OutOfTimeError


class TimeLimit:
    """Whether the time of the present task is over."""

    over = False

    def check(self) -> None:
        """Raise OutOfTimeError if the time is over: a callback in C or a library may have dropped the first one."""
        if self.over:
            raise OutOfTimeError


#: of this process, which runs one task at a time
time_limit = TimeLimit()


@contextmanager
def out_of_time(number: signal.Signals) -> Iterator[None]:
    """Raise OutOfTimeError in the block when this process receives the signal ``number``."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        time_limit.over = True
        raise OutOfTimeError

    time_limit.over = False
    before = signal.signal(number, stop)
    try:
        yield
        time_limit.check()
    finally:
        signal.signal(number, before)
        time_limit.over = False
