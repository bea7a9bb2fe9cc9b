"""Copydesk as its users run it: commands and services as real processes with a separate data folder."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.storage_server import BucketOfTest

ROOT = Path(__file__).parents[2]
#: How long anything may take on a busy machine with two cores before a test reports that it hangs.
PATIENCE_SECONDS = 240.0


class HangError(AssertionError):
    """Something did not happen in time."""


@dataclass
class Installation:
    """One installation of Copydesk: its data folder and the settings in its environment."""

    data: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.data / "inbox"

    @property
    def variables(self) -> dict[str, str]:
        """The environment of all its processes."""
        bare = {k: v for k, v in os.environ.items() if not k.startswith("COPYDESK_")}
        return (
            bare
            | {"COPYDESK_DATA_DIR": str(self.data), "PYTHONPATH": str(ROOT)}
            | {"COPYDESK_WEB_PORT": "0"}
            | dict(self.environment)
        )

    def run(self, *arguments: object, code: int | None = 0) -> str:
        """Run a command, check that it exits with ``code`` (``None``: any), and return its stdout."""
        return self._run(*arguments, code=code).stdout

    def stderr(self, *arguments: object) -> str:
        """Run a command, check that it exits with 0, and return its stderr."""
        return self._run(*arguments, code=0).stderr

    def _run(self, *arguments: object, code: int | None) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "worker", *map(str, arguments)],
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS * 4,
            check=False,
        )
        assert code in {None, done.returncode}, (
            f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr[-6000:]}"
        )
        return done

    def refused(self, *arguments: object) -> str:
        """Run a command, check that it exits with 1, and return its stderr."""
        command = [sys.executable, "-P", "-m", "worker", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.variables, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
        assert done.returncode == 1, done.stderr
        return done.stderr

    def json(self, *arguments: object, code: int | None = 0) -> Any:
        """Run a command with ``--json`` and return the document that it prints."""
        return json.loads(self.run(*arguments, "--json", code=code))

    def undelivered(self) -> int:
        """Return the number of texts that are in the inbox."""
        return sum(path.is_file() for path in self.inbox.rglob("*.txt"))

    def drop(self, name: str, content: str | bytes) -> Path:
        """Put a file into the inbox as a careful producer does: write it under another name, then rename it."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.rename(path)
        return path


@dataclass
class BucketInstallation(Installation):
    """An installation whose inbox and archive are in a bucket."""

    bucket: BucketOfTest = field(kw_only=True)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of all its processes."""
        place = f"s3://{self.bucket.name}"
        return super().variables | {"COPYDESK_INBOX": f"{place}/inbox", "COPYDESK_ARCHIVE": f"{place}/archive"}

    def drop(self, name: str, content: str | bytes) -> Path:
        """Put an object into the inbox."""
        self.bucket.put(f"inbox/{name}", content)
        return Path(name)

    def undelivered(self) -> int:
        """Return the number of texts that are in the inbox."""
        return len(self.bucket.keys("inbox/"))


def start(installation: Installation, *arguments: object, log: Path) -> subprocess.Popen[bytes]:
    """Start a command in a new session that writes to ``log``."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "worker", *map(str, arguments)],
            env=installation.variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


@contextmanager
def running(installation: Installation, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command while the block runs, then interrupt it and kill every process that it left behind."""
    log = installation.data / f"{arguments[0]}.test.log"
    installation.data.mkdir(parents=True, exist_ok=True)
    process = start(installation, *arguments, log=log)
    try:
        yield process
    except BaseException:
        print(log.read_text("utf-8", "replace")[-8000:])  # noqa: T201  shown with the failing test
        raise
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(PATIENCE_SECONDS)
        finally:
            for pid in left_behind(installation):
                os.kill(pid, signal.SIGKILL)


def left_behind(installation: Installation) -> list[int]:
    """Return the processes that have the data folder of this installation in their environment or command line."""
    mark = os.fsencode(installation.data)
    pids = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                seen = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text("ascii").rpartition(") ")[2][:1]
            except (OSError, UnicodeDecodeError):
                continue
            if mark in seen and state != "Z":
                pids.append(int(entry.name))
    return pids


def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Call ``holds`` repeatedly until it returns a true value; return that value.

    Half of the time is left to what is waited for, where ``holds`` itself is expensive.
    """
    deadline = time.monotonic() + seconds
    asked = time.monotonic()
    while not (result := holds()):
        answered = time.monotonic()
        if answered > deadline:
            raise HangError(f"not within {seconds:.0f} s: {what}")
        time.sleep(max(0.1, answered - asked))
        asked = time.monotonic()
    return result
