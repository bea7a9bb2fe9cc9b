"""The process that reprocesses: where compiled code crashes, it ends, and the run goes on with another one."""

import faulthandler
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from worker.errors import CopydeskError
from worker.process.supervisor import die_with_parent
from worker.process.trial import find_crashing
from worker.process.worker_processes import WorkerProcesses
from worker.reprocess.batch import BatchReprocessor
from worker.reprocess.summary import Summary

T = TypeVar("T")
_ENDED = "What was done is kept: give the same command again."


class CrashError(Exception):
    """Compiled code crashed; the only argument is the name of the signal."""


class BatchProcess:
    """A forked process that reprocesses batches, started with the first one and again after a crash."""

    def __init__(self, reprocessor: BatchReprocessor) -> None:
        self._reprocessor = reprocessor
        self._processes: WorkerProcesses | None = None

    def reprocess(self, ids: Sequence[int]) -> Summary:
        """Reprocess a batch; articles on which compiled code crashes stay as they were.

        Raises:
            CopydeskError: the process was ended from outside, or a crash did not repeat itself.
        """
        try:
            return self._call(_reprocess, ids)
        except CrashError:
            crashed = self._call(_try_out, ids)
        try:
            summary = self._call(_reprocess, [article for article in ids if article not in crashed])
        except CrashError as error:
            raise CopydeskError(
                f"Compiled code crashed ({error}), and not when the articles were tried one by one. Please report it"
                f" with the traceback above. {_ENDED}"
            ) from error
        summary.crashed = crashed
        summary.looked_at += len(crashed)
        summary.keep({article: f"Compiled code crashed on it ({name})." for article, name in crashed.items()})
        return summary

    def _call(self, work: Callable[[Sequence[int]], T], ids: Sequence[int]) -> T:
        if not self._processes:
            # forked, because the state can't be sent; before it, this process has no threads but that of a progress bar
            fork = multiprocessing.get_context("fork")
            self._processes = WorkerProcesses(1, fork, _start, (self._reprocessor,))
        try:
            return self._processes.submit(work, ids).result()
        except BrokenProcessPool as error:
            name, self._processes = self._processes.crash(), None
            if name:
                raise CrashError(name) from error
            raise CopydeskError(
                f"The process that reprocessed was ended, perhaps because the memory was full. {_ENDED}"
            ) from error

    def end(self) -> None:
        """End the process after its batch."""
        if self._processes:
            self._processes.shutdown(cancel_futures=True)


@contextmanager
def batch_process(reprocessor: BatchReprocessor) -> Iterator[BatchProcess]:
    """Yield a process for batches."""
    process = BatchProcess(reprocessor)
    try:
        yield process
    finally:
        process.end()


_own: BatchReprocessor


def _start(reprocessor: BatchReprocessor) -> None:
    """Begin a forked process: Ctrl-C ends the run between two batches, and the connections belong to the parent."""
    global _own  # noqa: PLW0603  the state of this process
    faulthandler.enable(sys.__stderr__ or 2)
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reprocessor.engine.dispose(close=False)
    _own = reprocessor


def _reprocess(ids: Sequence[int]) -> Summary:
    return _own(ids)


def _try_out(ids: Sequence[int]) -> dict[int, str]:
    """Return the articles without which the others of a batch can be reprocessed, with the signals."""

    def work(some: Sequence[int]) -> None:
        _own.engine.dispose(close=False)
        replace(_own, dry=True)(some)

    return {ids[i]: name for i, name in find_crashing(ids, work)}
