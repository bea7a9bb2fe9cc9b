"""Tests of trying work in a child: what ends the child is known, and ends nothing else."""

import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from worker.errors import OutOfTimeError
from worker.process.time_limit import out_of_time
from worker.process.trial import crash_of, find_crashing


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL])
def test_a_crash_is_named(number: signal.Signals) -> None:
    """The signal of a fault in compiled code is returned by its name."""

    def work() -> None:
        faulthandler.disable()  # pytest's would print where the test was
        os.kill(os.getpid(), number)

    assert crash_of(work) == number.name


def test_only_a_crash_is_reported(tmp_path: Path) -> None:
    """Work that ends well, raises an error, or is killed from outside did not crash."""
    assert crash_of((tmp_path / "done").touch) is None
    assert (tmp_path / "done").exists()
    assert crash_of(lambda: 1 // 0) is None
    assert crash_of(lambda: os.kill(os.getpid(), signal.SIGKILL)) is None


def test_the_child_ends_with_the_time_of_the_task(tmp_path: Path) -> None:
    """Where the time of a task ends while the child works, the error is raised and the child is killed."""
    parent, started = os.getpid(), tmp_path / "started"

    def work() -> None:
        started.write_text(str(os.getpid()), "ascii")
        os.kill(parent, signal.SIGUSR1)
        threading.Event().wait()

    with pytest.raises(OutOfTimeError), out_of_time(signal.SIGUSR1):
        crash_of(work)
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text("ascii")), 0)


def crashing_with(*groups: set[int]) -> Callable[[Sequence[int]], None]:
    """Return work that crashes where all numbers of a group are among those that it gets."""

    def work(numbers: Sequence[int]) -> None:
        if any(group <= {*numbers} for group in groups):
            os.kill(os.getpid(), signal.SIGSEGV)

    return work


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (crashing_with(), []),
        (crashing_with({0}), [0]),
        (crashing_with({3}, {19}, {7}), [3, 7, 19]),
        (crashing_with({5, 12}), [12]),
        (crashing_with({5, 12}, {5, 14}), [5]),
        (crashing_with({2, 9}, {4, 9}, {9, 11}, {1}), [1, 9]),
    ],
)
def test_what_crashes_is_found(work: Callable[[Sequence[int]], None], found: list[int]) -> None:
    """Each item that crashes is found, alone or with another; of such a pair the one that crashes with more items."""
    assert list(find_crashing(range(20), work)) == [(number, "SIGSEGV") for number in found]
