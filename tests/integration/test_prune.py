"""Pruning removes stored files only by a rule, never content that a file still needs, and commands report it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, rows, run, scalar, states
from worker import archive
from worker.inbox import feeder
from worker.operations.audit import contradictions
from worker.operations.prune import Pruned, prune
from worker.pipeline.batch import BatchProcessor
from worker.reprocess.batch import PRESENT
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store import ledger
from worker.store.prune import PruneRule
from worker.store.reprocess import Versions

ALL = ("done", "quarantined")


@pytest.fixture
def work(settings: Settings, engine: Engine, processor: BatchProcessor) -> Callable[..., list[int]]:
    """Return a function that processes files (name=text) and makes them ``days`` old."""

    def take(days: int = 0, **files: str) -> list[int]:
        ids = deliver(settings, engine, [(f"{name}.txt", words) for name, words in files.items()])
        processor.process(ids)
        values = {"days": days, "ids": ids}
        run(
            engine,
            "UPDATE files SET finished_at = finished_at - make_interval(days => :days) WHERE id = ANY(:ids)",
            **values,
        )
        return ids

    return take


def pruned(
    settings: Settings, engine: Engine, *, days: int = 90, states: tuple[str, ...] = ALL, dry: bool = False
) -> Pruned:
    """Prune files older than ``days``."""
    rule = PruneRule(datetime.now(UTC) - timedelta(days=days), states)
    return prune(settings, engine, rule, lambda *_: None, dry=dry)


def kept(settings: Settings) -> list[str]:
    """Return the first 12 characters of every stored file."""
    places = [p for folder in (settings.archive_folder, settings.quarantine) for p in folder.rglob("*.txt")]
    return sorted(p.read_text()[:12] for p in places if not p.name.endswith(".reason.txt"))


def gone(engine: Engine) -> list[int]:
    """Return the ids of files that the ledger records as pruned."""
    return [row.id for row in rows(engine, "SELECT id FROM files WHERE pruned_at IS NOT NULL ORDER BY id")]


def test_only_matching_files_are_removed(settings: Settings, engine: Engine, work: Callable[..., list[int]]) -> None:
    """Older files are removed; newer files, texts and stories stay, and the audit reports no contradiction."""
    work(100, old=dispatch(1), empty="?!?")
    work(10, young=dispatch(2))
    removed = pruned(settings, engine)
    assert (removed.rows, removed.files) == (2, 2)
    assert gone(engine) == [1, 2]
    assert kept(settings) == [dispatch(2)[:12]]
    assert list(settings.quarantine.glob("*.reason.txt")) == []
    assert scalar(engine, "SELECT count(*) FROM articles") == 2
    assert list(contradictions(settings, engine)) == []
    assert pruned(settings, engine) == Pruned()


def test_a_rule_for_one_folder(settings: Settings, engine: Engine, work: Callable[..., list[int]]) -> None:
    """A rule for the quarantine does not touch the archive, and a rule for the archive not the quarantine."""
    work(100, old=dispatch(1), empty="?!?")
    assert pruned(settings, engine, states=("quarantined",)).files == 1
    assert [row.path for row in rows(engine, "SELECT path FROM files WHERE pruned_at IS NOT NULL")] == [
        b"inbox/empty.txt"
    ]
    assert pruned(settings, engine, states=("done",)).files == 1
    assert kept(settings) == []


def test_a_dry_run_removes_nothing(settings: Settings, engine: Engine, work: Callable[..., list[int]]) -> None:
    """A dry run reports the number of files and bytes that a run would remove."""
    work(100, old=dispatch(1))
    removed = pruned(settings, engine, dry=True)
    assert removed == Pruned(1, 1, len(dispatch(1).encode()))
    assert gone(engine) == []
    assert kept(settings) == [dispatch(1)[:12]]


def test_bytes_that_another_delivery_needs_stay(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], processor: BatchProcessor
) -> None:
    """Content stays if the same content was also delivered under another name, more recently or without outcome yet."""
    work(100, first=dispatch(1), second=dispatch(2))
    work(10, again=dispatch(1))
    deliver(settings, engine, [("waits.txt", dispatch(2))])
    assert pruned(settings, engine) == Pruned()
    assert len(kept(settings)) == 2
    assert set(states(engine).values()) == {"done", "waiting"}


@pytest.mark.parametrize("step", ["worker.store.prune.still_covered", "worker.archive.remove"])
def test_a_crash_between_two_steps_loses_nothing(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """After a crash before the removal is recorded, files are restored; otherwise the next run removes them."""
    work(100, old=dispatch(1))
    with monkeypatch.context() as patched:
        patched.setattr(step, lambda *_: (_ for _ in ()).throw(RuntimeError("ended here")))
        with pytest.raises(RuntimeError, match="ended here"):
            pruned(settings, engine)
    assert list(contradictions(settings, engine)) == []
    noted = gone(engine) == [1]
    assert noted == (step == "worker.archive.remove")
    pruned(settings, engine, days=1_000)
    assert len(kept(settings)) == (0 if noted else 1)
    assert list(contradictions(settings, engine)) == []


def test_a_file_delivered_meanwhile_keeps_its_bytes(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Content that is delivered while it is being pruned stays stored, at whichever step the two meet."""
    for number, step in enumerate(["worker.archive.stage_removal", "worker.store.prune.still_covered"]):
        work(100, **{f"old{number}": dispatch(number)})
        source = tmp_path / f"new{number}.txt"
        source.write_text(dispatch(number))
        module, _, name = step.rpartition(".")
        owner = archive if module == "worker.archive" else __import__(module, fromlist=["x"])
        real = getattr(owner, name)

        def meeting(*given: Any, real: Any = real, source: Path = source) -> Any:
            feeder.accept_files(settings, engine, [bytes(source)], move=False)
            return real(*given)

        with monkeypatch.context() as patched:
            patched.setattr(owner, name, meeting)
            pruned(settings, engine)
        assert list(contradictions(settings, engine)) == []


def test_bytes_pruned_between_reading_and_ledger_are_stored_again(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file whose content was in the archive when it was read, but pruned before the ledger entry, is stored again."""
    work(100, old=dispatch(1))
    source = tmp_path / "new.txt"
    source.write_text(dispatch(1))
    real = ledger.claim

    def claim(*given: Any) -> Any:
        pruned(settings, engine)
        return real(*given)

    monkeypatch.setattr(ledger, "claim", claim)
    feeder.accept_files(settings, engine, [bytes(source)], move=False)
    assert gone(engine) == [1]
    assert kept(settings) == [dispatch(1)[:12]]
    assert list(contradictions(settings, engine)) == []


def test_the_same_file_again_brings_its_bytes_back(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], tmp_path: Path
) -> None:
    """A repeated delivery of a pruned file restores its content, and the ledger no longer records it as pruned."""
    source = tmp_path / "a.txt"
    source.write_text(dispatch(1))
    feeder.accept_files(settings, engine, [bytes(source)], move=False)
    run(engine, "UPDATE files SET state = 'quarantined', reason = 'x', finished_at = now() - interval '1 year'")
    assert pruned(settings, engine).files == 1
    feeder.accept_files(settings, engine, [bytes(source)], move=False)
    assert gone(engine) == []
    assert kept(settings) == [dispatch(1)[:12]]


def test_commands_report_pruned_files(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Callable[..., Any]
) -> None:
    """`why`, `files`, `retry` and `reprocess` report that the bytes were pruned, and continue."""
    work(100, old=dispatch(1), empty="?!?")
    assert "The stored bytes of 2 files" in copydesk("prune", "--older-than", "90d").out
    assert "`copydesk prune` removed the original bytes on" in copydesk("why", "old.txt").out
    assert all(row["pruned_at"] for row in json.loads(copydesk("files", "--json").out))
    assert "The bytes of 1 were removed by `copydesk prune`" in copydesk("retry", "--all").out
    assert set(states(engine).values()) == {"done", "quarantined"}
    next_version = Versions(PRESENT.cleaner + 1, PRESENT.fingerprint)
    summary = ReprocessRun(settings, engine, versions=next_version)(lambda *_: None)
    assert summary.reasons == {1: "The bytes of its file were removed by `copydesk prune` or `copydesk erase`."}


def test_the_command_wants_a_rule(engine: Engine, work: Callable[..., list[int]], copydesk: Callable[..., Any]) -> None:
    """Without a rule the command is a usage error; a dry run reports in JSON and removes nothing."""
    work(100, old=dispatch(1))
    assert copydesk("prune").code == 2
    would = json.loads(copydesk("prune", "--older-than", "90d", "--only", "archive", "--dry-run", "--json").out)
    assert would == {"rows": 1, "files": 1, "bytes": len(dispatch(1).encode()), "dry_run": True}
    assert gone(engine) == []
