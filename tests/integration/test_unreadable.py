"""A file of the inbox on a failing disk, as the watcher meets it."""

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from worker.article import ProcessKind
from worker.inbox import feeder, receiver
from worker.inbox.watcher import InboxWatcher
from worker.operations import health
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings


class Clock:
    """A clock that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def test_a_failing_disk_is_reported_once(
    settings: Settings,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Over a quarter of an hour of scans each second, a file on a bad sector is read a dozen times and logged once."""
    settings.inbox_folder.mkdir(parents=True)
    for name in ("bad.txt", "good.txt"):
        (settings.inbox_folder / name).write_text(dispatch(len(name)))
    reads = []

    def failing(source: Any, status: os.stat_result) -> bytes:
        if "bad" in Path(os.readlink(f"/proc/self/fd/{source.fileno()}")).name:
            reads.append(status)
            raise OSError(5, "Input/output error")
        return real(source, status)

    real = receiver._hash
    monkeypatch.setattr(receiver, "_hash", failing)
    clock = Clock()
    watch = InboxWatcher(settings, clock)
    beat = Heartbeat(engine, ProcessKind.WATCHER)
    for second in range(1_000):
        clock.now = float(second)
        if watch.has_settled_files():
            feeder._cycle(settings, engine, watch, beat)
    assert 8 <= len(reads) <= 12
    said = watch.failures()
    assert "1 files or folders of the inbox can't be read" in said
    assert "bad.txt" in said
    beat.beat(said)
    problems = health.status(settings, engine, only_service=True).problems
    assert any("bad.txt" in problem and problem.startswith("watcher:") for problem in problems)
    logged = capsys.readouterr().out + caplog.text  # the latter if an earlier test configured logging
    assert logged.count("a file waits in the inbox") == 1
    assert [path.name for path in settings.inbox_folder.iterdir()] == ["bad.txt"]
    monkeypatch.undo()
    clock.now += 1_000.0
    watch.has_settled_files()
    feeder._cycle(settings, engine, watch, beat)
    watch.scan()
    assert watch.failures() == ""
