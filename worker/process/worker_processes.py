"""Worker processes of which it is known whether compiled code crashed in one, or whether one was ended from outside."""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

from worker.process.trial import crash_name

P = ParamSpec("P")
T = TypeVar("T")


class WorkerProcesses(ProcessPoolExecutor):
    """A pool that keeps its processes, because their exit codes say why it is broken."""

    def __init__(
        self, count: int, context: BaseContext, initializer: Callable[..., object], arguments: tuple[Any, ...] = ()
    ) -> None:
        os.environ.setdefault("PYTHONSAFEPATH", "1")  # a spawned process would import from the current folder
        super().__init__(count, context, initializer, arguments)
        self._count = count
        self._others = {*multiprocessing.active_children()}
        self._started: set[BaseProcess] = set()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Let a process call ``fn``; the first calls start the processes."""
        future = super().submit(fn, *args, **kwargs)
        if len(self._started) < self._count:
            self._started |= {*multiprocessing.active_children()} - self._others
        return future

    def crash(self) -> str | None:
        """End all processes; return the name of the signal if compiled code crashed in one, else None."""
        self.shutdown(cancel_futures=True)
        return next(filter(None, (crash_name(process.exitcode) for process in self._started)), None)
