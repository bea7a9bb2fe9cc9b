"""A command line in, a background process out that outlives its starter, and a sure answer to whether it still runs.

The process inherits a locked descriptor: while it, or a child of it, lives, the kernel keeps ``<name>.lock`` locked.
A process id alone can't tell that, because ids are used again.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worker.embedded.folder import locked
from worker.errors import RetryError

#: Seconds for a server to answer: a start takes 0.1 s, the replay of a killed Postgres's log seconds, on a slow disk
#: and at its largest (`max_wal_size`) perhaps minutes.
START_SECONDS = 180.0
#: Seconds for a clean stop before the next, harder signal: Postgres writes what of its cache is not written yet, up to
#: some 2 GB of pages, on a slow disk.
STOP_SECONDS = 60.0
#: Seconds between two looks; a stop or start lasts 30 to 100 ms, as a rule.
PAUSE = 0.02
#: A log longer than this many bytes is begun anew at the next start; one older log is kept.
LOG_BYTES = 1_000_000

#: Processes this one has started, kept so that they are reaped when they end before us.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Daemon:
    """One background process of a folder, by name."""

    path: Path
    name: str

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.path / f"{self.name}.log"

    def alive(self) -> bool:
        """Tell whether the process, or a child that it left, still runs; ask only inside the folder's mutex."""
        _started[:] = [process for process in _started if process.poll() is None]
        return locked(self.path / f"{self.name}.lock")

    def crashed(self) -> bool:
        """Tell whether it ended without being stopped: a clean stop removes the file with its id."""
        return self._pid_file.exists() and not self.alive()

    @property
    def pid(self) -> int:
        """The process id of the last start, which may have crashed since; 0 after a clean stop."""
        try:
            return int(self._pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def forget(self) -> None:
        """Note that it ended as it should."""
        self._pid_file.unlink(missing_ok=True)

    def launch(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start ``command`` in a session of its own, where the terminal's Ctrl-C does not reach it."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        with (self.path / f"{self.name}.lock").open("a") as lock, self.log.open("ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=self.path,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
                umask=0o077,
            )
        _started.append(process)
        self._pid_file.write_text(str(process.pid), encoding="ascii")

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Return when ``answers`` holds; RetryError with the log's last line when the process ends or time runs out."""
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if not self.alive():
                raise RetryError(f"{self.name} ended while it started: {self._last_line()} (see {self.log})")
            if time.monotonic() > deadline:
                raise RetryError(
                    f"{self.name} did not answer in {START_SECONDS:.0f} s: {self._last_line()} (see {self.log})"
                )
            time.sleep(PAUSE)

    def stop(self, *signals: signal.Signals) -> None:
        """Send the first signal, wait, and send the next while the process, or a child of it, runs."""
        for number in (*signals, signal.SIGKILL):
            if not self.alive():
                break
            self._send(number)
            self.wait_for_end()
        self.forget()

    def wait_for_end(self) -> None:
        """Give a process that was told to stop, or the children of a killed one, the time to end."""
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive() and time.monotonic() < deadline:
            time.sleep(PAUSE)

    def _send(self, number: signal.Signals) -> None:
        """Signal the process; SIGKILL goes to its whole session, so that no child is left."""
        if not (pid := self.pid):
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL and os.getpgid(pid) == pid:
                os.killpg(pid, number)
            else:
                os.kill(pid, number)

    @property
    def _pid_file(self) -> Path:
        return self.path / f"{self.name}.pid"

    def _last_line(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
