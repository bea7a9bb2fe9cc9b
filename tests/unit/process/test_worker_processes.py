"""Tests of a pool of processes: whether one crashed, or was ended from outside."""

import multiprocessing
import os
import signal
from concurrent.futures.process import BrokenProcessPool

import pytest

from worker.process.worker_processes import WorkerProcesses


def end(number: int) -> None:
    """End this process by a signal."""
    os.kill(os.getpid(), number)


@pytest.mark.parametrize(("number", "crash"), [(signal.SIGABRT, "SIGABRT"), (signal.SIGKILL, None)])
@pytest.mark.parametrize("kind", ["fork", "forkserver"])
def test_why_a_process_ended(kind: str, number: int, crash: str | None) -> None:
    """A crash has the name of its signal, also where it ended one of two processes; a kill from outside has none."""
    pool = WorkerProcesses(2, multiprocessing.get_context(kind), os.getpid)
    assert pool.submit(abs, -1).result() == 1
    with pytest.raises(BrokenProcessPool):
        pool.submit(end, number).result()
    assert pool.crash() == crash
