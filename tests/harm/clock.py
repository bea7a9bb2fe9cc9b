"""A wall clock that a test sets for the processes it starts (libfaketime); the monotonic clock is not changed."""

from pathlib import Path

import pytest

from tests.acceptance.processes import ROOT

#: Paths of the library on Debian and its derivatives (package faketime), and on other systems.
_PATHS = (
    "usr/lib/*/faketime/libfaketime.so.1",
    "usr/lib*/faketime/libfaketime.so.1",
    "usr/local/lib/faketime/*.so.1",
)
#: Python waits until a time of the monotonic clock, which the library (0.9.10) wrongly shifts: sleep fails at once, and
#: an event is awaited for days, so that the watchdog of a worker never looks.
_WAITS = """
import select, threading, time
def sleep(seconds):
    select.select([], [], [], seconds)
def wait(self, timeout=None, original=threading.Event.wait):
    if timeout is None:
        return original(self)
    end = time.monotonic() + timeout
    while not self.is_set() and (left := end - time.monotonic()) > 0:
        sleep(min(left, 0.05))
    return self.is_set()
time.sleep, threading.Event.wait = sleep, wait
"""


class Clock:
    """The wall clock of every process that has ``variables`` in its environment."""

    def __init__(self, file: Path) -> None:
        libraries = [path for pattern in _PATHS for path in Path("/").glob(pattern)]
        if not libraries:
            pytest.skip("setting a process's clock requires libfaketime (Debian: faketime)")
        self._file = file
        patch = file.with_name(f"{file.name}.python") / "sitecustomize.py"
        patch.parent.mkdir()
        patch.write_text(_WAITS, "utf-8")
        self.variables = {
            "LD_PRELOAD": str(libraries[0]),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",  # a step is seen within a second
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as with a real step: only the wall clock moves
            "NO_FAKE_STAT": "1",  # and times of files are not changed
            "PYTHONPATH": f"{patch.parent}:{ROOT}",
        }
        self.set(0)

    def set(self, days: int) -> None:
        """Set the clock to ``days`` after the true time."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{days * 86_400:+}\n", "ascii")
        draft.rename(self._file)
