"""The checks at the end of a harm test: every file once, one story per dispatch, and a new file is processed."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.acceptance.processes import Installation, left_behind, until
from tests.dispatches import copy_of
from worker.embedded import postgres
from worker.embedded.folder import Folder


@dataclass
class Deliveries:
    """Deliver copies of dispatches into the inbox, the copies of each dispatch one after the other."""

    desk: Installation
    copies: int = 4
    words: int = 48
    sent: dict[str, int] = field(default_factory=dict)  # file name -> dispatch
    _next: int = 0

    def send(self, dispatches: int) -> None:
        """Deliver all copies of this number of new dispatches."""
        for _ in range(dispatches):
            for edition in range(self.copies):
                name = f"{self._next:05}-{edition}.txt"
                self.desk.drop(name, copy_of(self._next, edition, self.words))
                self.sent[name] = self._next
            self._next += 1

    def send_again(self) -> None:
        """Deliver all files again under the same names: they must be known."""
        for name, number in self.sent.items():
            self.desk.drop(name, copy_of(number, int(name[6:-4]), self.words))


@dataclass(frozen=True)
class Judgement:
    """The result of a run; all numbers but ``files`` must be zero."""

    files: int
    lost: int
    twice: int
    quarantined: int
    split_dispatches: int  # dispatches that became several stories
    mixed_stories: int  # stories that contain several dispatches

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.twice or self.quarantined or self.split_dispatches or self.mixed_stories)


def open_files(desk: Installation) -> dict[int, str]:
    """Return the states of the files without an outcome, by ledger id.

    Raises:
        psycopg.Error: Postgres does not answer.
    """
    url = desk.variables.get("DATABASE_URL") or postgres._url(Folder.of(desk.data))
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
        return dict(connection.execute("SELECT id, state FROM files WHERE state IN ('waiting', 'processing')"))


def unfinished(desk: Installation) -> int:
    """Return the number of files without an outcome, also in the inbox; at least 1 while Postgres can't be reached."""
    # the inbox first: a file is recorded before it leaves the inbox, so none is missed between the two
    undelivered = desk.undelivered()
    try:
        return undelivered + len(open_files(desk))
    except psycopg.Error:
        return 1


def status(desk: Installation) -> dict[str, Any]:
    """Return the output of ``copydesk status``, and check its exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "worker", "status", "--json"],
        env=desk.variables,
        capture_output=True,
        timeout=60,
        check=False,
    )
    status: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if status["ok"] else 1)
    return status


def judge(desk: Installation, deliveries: Deliveries, seconds: float = 480) -> Judgement:
    """Wait until all files have their outcome, deliver a new dispatch, and check everything."""
    until(lambda: not unfinished(desk), "every file has its outcome", seconds)
    deliveries.send(1)
    until(lambda: not unfinished(desk), "a new file is processed", 90)
    assert desk.json("check", "--deep") == {"ok": True, "problems": []}
    return compare(desk, deliveries)


def compare(desk: Installation, deliveries: Deliveries) -> Judgement:
    """Compare the delivered files with the stored ones."""
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    ledger: list[dict[str, Any]] = desk.json("files")
    stored = Counter(Path(row["source_path"]).name for row in articles)
    stories: dict[int, set[int]] = {}
    dispatches: dict[int, set[int]] = {}
    for row in articles:
        number = deliveries.sent[Path(row["source_path"]).name]
        stories.setdefault(row["story_id"], set()).add(number)
        dispatches.setdefault(number, set()).add(row["story_id"])
    recorded = Counter(Path(row["path"]).name for row in ledger)
    return Judgement(
        files=len(deliveries.sent),
        lost=len(deliveries.sent.keys() - stored.keys()),
        twice=sum(count > 1 for count in (*stored.values(), *recorded.values())),
        quarantined=sum(row["state"] == "quarantined" for row in ledger),
        split_dispatches=sum(len(ids) > 1 for ids in dispatches.values()),
        mixed_stories=sum(len(numbers) > 1 for numbers in stories.values()),
    )


def processes(desk: Installation, part: str) -> list[int]:
    """Return the running processes of an installation that were started as ``copydesk PART``."""
    return [pid for pid in left_behind(desk) if _is_part(pid, part)]


def _is_part(pid: int, part: str) -> bool:
    """Return whether a process was started as ``copydesk PART``, or is a fork of one."""
    with suppress(OSError):
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        return f" -m worker {part} " in f"{line} "
    return False


def parent(pid: int) -> int:
    """Return the parent of a process, 0 if it is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(") ")[2].split()[1])
    return 0


def main_workers(desk: Installation) -> list[int]:
    """Return the main processes of the workers, without their children."""
    # a fork that is about to run another program has the worker's name until then, and may be gone by now; its parent
    # is asked now, because it may have begun since the processes were listed
    return [pid for pid in processes(desk, "worker") if (above := parent(pid)) and not _is_part(above, "worker")]


def server(desk: Installation, name: str) -> int:
    """Return the process of an embedded server, 0 while it is starting."""
    with suppress(OSError, ValueError):
        return int((desk.data / "servers" / f"{name}.pid").read_text("ascii"))
    return 0


def kill(pids: Sequence[int], number: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal to a random one of the processes; return False if none is running."""
    for pid in random.sample(list(pids), len(pids)):
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, number)
                return True
    return False
