"""What every test of harm asks at its end: each file there once, each dispatch one story, and a fresh file flows."""

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
    """What was put into the inbox: copies of dispatches, those of one dispatch back to back."""

    desk: Installation
    copies: int = 4
    words: int = 48
    sent: dict[str, int] = field(default_factory=dict)  # file name -> dispatch
    _next: int = 0

    def send(self, dispatches: int) -> None:
        """Deliver all copies of so many new dispatches."""
        for _ in range(dispatches):
            for edition in range(self.copies):
                name = f"{self._next:05}-{edition}.txt"
                self.desk.drop(name, copy_of(self._next, edition, self.words))
                self.sent[name] = self._next
            self._next += 1

    def send_again(self) -> None:
        """Deliver everything once more, each file under its name: what is known must stay known."""
        for name, number in self.sent.items():
            self.desk.drop(name, copy_of(number, int(name[6:-4]), self.words))


@dataclass(frozen=True)
class Judgement:
    """The figures of a run: all zeros is what was promised."""

    files: int
    lost: int
    twice: int
    quarantined: int
    split_dispatches: int  # dispatches that became several stories
    mixed_stories: int  # stories that hold several dispatches

    @property
    def clean(self) -> bool:
        """Whether every promise was kept."""
        return not (self.lost or self.twice or self.quarantined or self.split_dispatches or self.mixed_stories)


def open_files(desk: Installation) -> dict[int, str]:
    """Return the states of the ledger's files without outcome, by id.

    Raises:
        psycopg.Error: Postgres does not answer.
    """
    url = desk.variables.get("DATABASE_URL") or postgres._url(Folder.of(desk.data))
    with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5) as connection:
        return dict(connection.execute("SELECT id, state FROM files WHERE state IN ('waiting', 'processing')"))


def unfinished(desk: Installation) -> int:
    """Return the number of files without outcome, those in the inbox included; one too many while Postgres is away."""
    try:
        return len(open_files(desk)) + sum(path.is_file() for path in desk.inbox.rglob("*.txt"))
    except psycopg.Error:
        return 1


def status(desk: Installation) -> dict[str, Any]:
    """Return what ``copydesk status`` says, whether all is well or not."""
    done = subprocess.run(
        [sys.executable, "-m", "worker", "status", "--json"],
        env=desk.variables,
        capture_output=True,
        timeout=60,
        check=False,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if found["ok"] else 1)
    return found


def judge(desk: Installation, deliveries: Deliveries, seconds: float = 180) -> Judgement:
    """Wait until all is quiet, let a fresh file flow, and look at everything."""
    until(lambda: not unfinished(desk), "every file has its outcome", seconds)
    deliveries.send(1)
    until(lambda: not unfinished(desk), "a fresh file flows", 30)
    assert desk.json("check", "--deep") == {"ok": True, "problems": []}
    return look(desk, deliveries)


def look(desk: Installation, deliveries: Deliveries) -> Judgement:
    """Compare what was delivered with what is stored."""
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    ledger: list[dict[str, Any]] = desk.json("files")
    found = Counter(Path(row["source_path"]).name for row in articles)
    stories: dict[int, set[int]] = {}
    dispatches: dict[int, set[int]] = {}
    for row in articles:
        number = deliveries.sent[Path(row["source_path"]).name]
        stories.setdefault(row["story_id"], set()).add(number)
        dispatches.setdefault(number, set()).add(row["story_id"])
    named = Counter(Path(row["path"]).name for row in ledger)
    return Judgement(
        files=len(deliveries.sent),
        lost=len(deliveries.sent.keys() - found.keys()),
        twice=sum(count > 1 for count in (*found.values(), *named.values())),
        quarantined=sum(row["state"] == "quarantined" for row in ledger),
        split_dispatches=sum(len(ids) > 1 for ids in dispatches.values()),
        mixed_stories=sum(len(numbers) > 1 for numbers in stories.values()),
    )


def processes(desk: Installation, part: str) -> list[int]:
    """Return the living processes of a desk that were started as ``copydesk PART``."""
    found = []
    for pid in left_behind(desk):
        with suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            if f" -m worker {part} " in f"{line} ":
                found.append(pid)
    return found


def parent(pid: int) -> int:
    """Return the parent of a process; 0 where it is gone."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(") ")[2].split()[1])
    return 0


def main_workers(desk: Installation) -> list[int]:
    """Return the worker's main process, not its children."""
    all_of_them = processes(desk, "worker")
    return [pid for pid in all_of_them if parent(pid) not in all_of_them]


def server(desk: Installation, name: str) -> int:
    """Return the process of an embedded server; 0 where it is being started."""
    with suppress(OSError, ValueError):
        return int((desk.data / "servers" / f"{name}.pid").read_text("ascii"))
    return 0


def kill(pids: Sequence[int], number: signal.Signals = signal.SIGKILL) -> bool:
    """Send a signal to one of the processes; return whether there was one."""
    for pid in random.sample(list(pids), len(pids)):
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, number)
                return True
    return False
