"""Background processes that outlive the process that starts them, with a reliable test of whether they still run.

The process inherits a locked descriptor: while it or a child of it runs, the kernel keeps ``<name>.lock`` locked.
A process id alone is not enough, because the system reuses ids.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from worker.embedded.folder import locked
from worker.errors import RetryError

#: Seconds for a server to answer. A start takes 0.1 s; after a kill, Postgres replays its log for seconds, or for
#: minutes on a slow disk if the log is at its largest (`max_wal_size`).
START_SECONDS = 180.0
#: Seconds for a clean stop before the next, harder signal: Postgres writes its dirty pages, up to about 2 GB, perhaps
#: to a slow disk.
STOP_SECONDS = 60.0
#: Seconds between two checks; a start or stop usually takes 30 to 100 ms.
POLL_SECONDS = 0.02
#: A log of more bytes than this is rotated at the next start; one old log is kept.
LOG_BYTES = 1_000_000

#: Processes that this process has started, so that it reaps those that end before it.
_started: list[subprocess.Popen[bytes]] = []


def wheel_binaries(package: str, pattern: str) -> list[Path]:
    """Return the files of an installed package that match ``pattern``; none if it is not installed."""
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return [path for folder in folders for path in Path(folder).glob(pattern)]


def started_here() -> list[int]:
    """Return the ids of the processes that this process has started and that still run."""
    _reap()
    return [process.pid for process in _started]


def _reap() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


@dataclass(frozen=True)
class Daemon:
    """A named background process of a folder."""

    path: Path
    name: str

    @property
    def log(self) -> Path:
        """The file with the output of the process."""
        return self.path / f"{self.name}.log"

    def alive(self) -> bool:
        """Return whether the process or a child of it still runs; call only inside the folder's mutex."""
        _reap()
        try:
            return locked(self._lock_file)
        except FileNotFoundError:  # it was never started
            return False

    def crashed(self) -> bool:
        """Return whether the process ended without ``stop``, which removes the file with its id.

        Raises FileNotFoundError if the folder is being removed.
        """
        _reap()
        return self._pid_file.exists() and not locked(self._lock_file)

    @property
    def pid(self) -> int:
        """The process id of the last start, even if that process has crashed since; 0 after a clean stop."""
        try:
            return int(self._pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def forget(self) -> None:
        """Record a clean end."""
        self._pid_file.unlink(missing_ok=True)

    def launch(self, command: Sequence[str], environment: Mapping[str, str], stdin: int = subprocess.DEVNULL) -> None:
        """Start ``command`` in a new session, which the terminal's Ctrl-C does not reach; ``stdin`` is a descriptor."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self._lock_file.open("a") as lock, self.log.open("ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = subprocess.Popen(  # noqa: S603 - our own command line, no shell
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=self.path,
                pass_fds=(lock.fileno(),),
                start_new_session=True,
                umask=0o077,
                # noted by the process itself: its starter may be killed at any moment
                preexec_fn=self._note_pid,  # noqa: PLW1509  one small write, no locks taken
            )
        _started.append(process)

    def _note_pid(self) -> None:
        self._pid_file.write_text(str(os.getpid()), encoding="ascii")

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Wait for ``answers``; raise RetryError with the log's last line if the process ends or the time runs out."""
        deadline = time.monotonic() + START_SECONDS
        while not answers():
            if not self.alive():
                raise RetryError(f"{self.name} ended while it started: {self._last_line()} (see {self.log})")
            if time.monotonic() > deadline:
                raise RetryError(
                    f"{self.name} did not answer in {START_SECONDS:.0f} s: {self._last_line()} (see {self.log})"
                )
            time.sleep(POLL_SECONDS)

    def stop(self, *signals: signal.Signals) -> None:
        """Send each signal in turn, and wait after each, until the process and its children have ended."""
        for number in (*signals, signal.SIGKILL):
            if not self.alive():
                break
            self._send(number)
            self.wait_for_end()
        self.forget()

    def wait_for_end(self) -> None:
        """Wait up to ``STOP_SECONDS`` until the process and its children have ended."""
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

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
    def _lock_file(self) -> Path:
        return self.path / f"{self.name}.lock"

    @property
    def _pid_file(self) -> Path:
        return self.path / f"{self.name}.pid"

    def _last_line(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n") if self.log.exists() else []
        return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
