"""A running process that is known by its id and its start, so that a later process with the same id is left alone."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

#: Seconds for a server whose files are gone to end by itself. Postgres has nothing to write then, but removes its
#: shared memory.
_END_SECONDS = 5.0
_POLL_SECONDS = 0.05


def started(pid: int) -> str:
    """Return when the process started, in ticks since boot; an empty string if no process with this id runs."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


@dataclass(frozen=True)
class RunningProcess:
    """The process ``pid`` that started at ``start``."""

    pid: int
    start: str

    @classmethod
    def of(cls, pid: int) -> "RunningProcess":
        """Return the process that has this id now."""
        return cls(pid, started(pid))

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return bool(self.start) and started(self.pid) == self.start

    def end(self) -> None:
        """End the process at once; one that does not obey SIGQUIT in time is killed."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            if self.alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, number)
            deadline = time.monotonic() + _END_SECONDS
            while self.alive and time.monotonic() < deadline:
                time.sleep(_POLL_SECONDS)
