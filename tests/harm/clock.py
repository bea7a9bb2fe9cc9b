"""A clock that a test sets, for processes that are started with it (libfaketime); the monotonic clock stays true."""

from pathlib import Path

import pytest

from tests.acceptance.processes import ROOT

#: Where Debian and its kin put it (package faketime), and what others use.
_PLACES = ("usr/lib/*/faketime/libfaketime.so.1", "usr/lib*/faketime/libfaketime.so.1", "usr/local/lib/faketime/*.so.1")
#: Python sleeps until a moment of the monotonic clock, which the library (0.9.10) shifts by mistake: it fails at once.
_SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds) and None\n"


class Clock:
    """The wall clock of every process that has ``variables`` in its environment."""

    def __init__(self, file: Path) -> None:
        found = [path for place in _PLACES for path in Path("/").glob(place)]
        if not found:
            pytest.skip("setting a process's clock takes libfaketime (Debian: faketime)")
        self._file = file
        mend = file.with_name(f"{file.name}.python") / "sitecustomize.py"
        mend.parent.mkdir()
        mend.write_text(_SLEEP, "utf-8")
        self.variables = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_CACHE_DURATION": "1",  # a step is seen within a second
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as with a real step: only the wall clock moves
            "NO_FAKE_STAT": "1",  # and files keep the times that they have
            "PYTHONPATH": f"{mend.parent}:{ROOT}",
        }
        self.set(0)

    def set(self, days: int) -> None:
        """Let the clock show a time that is ``days`` away from the true one."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{days * 86_400:+}\n", "ascii")
        draft.rename(self._file)
