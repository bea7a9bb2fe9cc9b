"""The end of a task's time reaches the task whatever a library catches."""

import signal
from contextlib import suppress

import pytest

from worker.errors import OutOfTimeError
from worker.process.time_limit import out_of_time, time_limit


def test_a_library_that_catches_exceptions_is_left() -> None:
    """The error is no ``Exception``, so the library does not take it for its own."""
    with pytest.raises(OutOfTimeError), out_of_time(signal.SIGUSR1), suppress(Exception):
        signal.raise_signal(signal.SIGUSR1)


def test_an_error_that_is_dropped_is_raised_at_the_next_check() -> None:
    """A library that catches even this error delays it until the next check, at the latest the end of the block."""
    with pytest.raises(OutOfTimeError), out_of_time(signal.SIGUSR1), suppress(BaseException):
        signal.raise_signal(signal.SIGUSR1)
    assert not time_limit.over


def test_the_signal_has_its_old_meaning_afterwards() -> None:
    """Outside of the block the handler of before is installed, also after the time was over."""
    before = signal.getsignal(signal.SIGUSR1)
    with out_of_time(signal.SIGUSR1):
        assert signal.getsignal(signal.SIGUSR1) is not before
    assert signal.getsignal(signal.SIGUSR1) is before
