"""``copydesk bulk``: the same stories as the service, from several formats, and again after a kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from tests.dispatches import dispatch
from tests.folders import write_out_of_reach
from tests.integration.conftest import Ran
from tests.integration.delivery import rows
from worker.bench.corpus import texts
from worker.bulk import groups, join, source
from worker.bulk.run import BulkRun
from worker.evaluate.run import empty_database
from worker.inbox.feeder import accept_without_enqueuing
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings

Pairs = set[frozenset[int]]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


def lines(records: Sequence[dict[str, Any]]) -> str:
    """Return records as JSON lines."""
    return "".join(json.dumps(record) + "\n" for record in records)


def generated(count: int) -> str:
    """Return articles as JSON lines, with copies of every kind, and one line that is no article."""
    records = [{"id": f"a{n}", "text": text} for n, text in enumerate(texts(count, seed=3))]
    return lines(records) + '{"id": "bad"}\n'


def joined(placed: dict[int, int]) -> Pairs:
    """Return the pairs of positions that are in one story."""
    by_story: dict[int, list[int]] = {}
    for position, story in placed.items():
        by_story.setdefault(story, []).append(position)
    return {frozenset(pair) for own in by_story.values() for pair in combinations(own, 2)}


def by_service(settings: Settings, path: Path) -> dict[int, tuple[int, str, bool]]:
    """Return story, relation and whether it is canonical for each position, as the service places them."""
    with empty_database(settings) as (own, engine):
        processor = BatchProcessor(own, engine, logs_outcomes=False)
        waiting = list(accept_without_enqueuing(own, engine, [os.fsencode(path)]))
        while waiting:
            waiting += processor.process([waiting.pop(0)])
        placed = rows(
            engine,
            "SELECT a.position, a.story_id, a.relation, a.id = s.canonical_id"
            " FROM articles a JOIN stories s ON s.id = a.story_id",
        )
        processor.close()
    return {position: tuple(others) for position, *others in placed}


def by_bulk(settings: Settings, paths: Sequence[Path], target: Path) -> list[dict[str, Any]]:
    """Return the rows that bulk writes; with one worker process, because starting one takes seconds."""
    BulkRun(settings.model_copy(update={"concurrency": 1}), paths, target, silent).run()
    written: list[dict[str, Any]] = parquet.read_table(target).to_pylist()
    return written


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few hundred articles have several units in each stage."""
    monkeypatch.setattr(source, "UNIT_RECORDS", 100)
    monkeypatch.setattr(join, "_BLOCK_TEXTS", 100)
    monkeypatch.setattr(groups, "UNIT_ARTICLES", 50)


def agreement(service: Pairs, bulk: Pairs) -> float:
    """Return the F1 of the pairs of both."""
    return 2 * len(service & bulk) / max(len(service) + len(bulk), 1)


def test_bulk_makes_the_stories_of_the_service(settings: Settings, tmp_path: Path) -> None:
    """Stories, relations and canonical articles are those of the service, article by article."""
    news = tmp_path / "news.jsonl"
    news.write_text(generated(400))
    service = by_service(settings, news)
    bulk = by_bulk(settings, [news], tmp_path / "out.parquet")
    assert {row["position"]: (row["relation"], row["is_canonical"]) for row in bulk} == {
        position: (relation, canonical) for position, (_, relation, canonical) in service.items()
    }
    pairs = joined({position: story for position, (story, *_) in service.items()})
    assert len(pairs) > 100
    assert joined({row["position"]: row["story_id"] for row in bulk}) == pairs


@pytest.mark.slow
def test_versions_under_one_id_are_one_story(settings: Settings, tmp_path: Path) -> None:
    """As in the service, a provider's id joins texts that share nothing, and the newest is canonical."""
    records = [
        {"id": "x1", "provider": "agency", "version": version, "text": text}
        for version, text in enumerate((dispatch(1), dispatch(2)))
    ]
    news = tmp_path / "versions.jsonl"
    news.write_text(lines(records))
    first, second = by_bulk(settings, [news], tmp_path / "out.parquet")
    assert first["story_id"] == second["story_id"]
    assert (first["relation"], second["is_canonical"]) == ("revision", True)
    assert by_service(settings, news)[0][1:] == ("revision", False)


@pytest.mark.slow
def test_formats_become_one_corpus(settings: Settings, tmp_path: Path) -> None:
    """Parquet, JSON lines and a folder of texts are one corpus; what can't be read is listed with its reason."""
    (tmp_path / "in").mkdir()
    article, other, third = dispatch(1), dispatch(2), dispatch(3)
    (tmp_path / "in" / "a.jsonl").write_text(lines([{"id": "a", "text": article}, {"id": "none"}]))
    (tmp_path / "in" / "b.txt").write_text(other)
    target = tmp_path / "in" / "first.parquet"
    first = by_bulk(settings, [tmp_path / "in"], target)
    assert [row["external_id"] for row in first] == ["a", None]
    assert by_bulk(settings, [tmp_path / "in"], target) == first  # it does not read its own result
    refused = [json.loads(line) for line in target.with_name("first.parquet.refused.jsonl").read_text().splitlines()]
    assert [(Path(r["source_path"]).name, r["position"]) for r in refused] == [("a.jsonl", 1)]
    (tmp_path / "c.jsonl").write_text(lines([{"id": "c", "text": article}, {"id": "d", "text": third}]))
    again = by_bulk(settings, [target, tmp_path / "c.jsonl"], tmp_path / "second.parquet")
    assert [row["relation"] for row in again] == ["original", "original", "exact", "original"]
    assert again[2]["other_article_id"] == again[0]["article_id"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from worker.bulk import groups, join, source
from worker.bulk.run import BulkRun
from worker.settings import load

source.UNIT_RECORDS = join._BLOCK_TEXTS = 100
groups.UNIT_ARTICLES = 50

def advance(stage, done, total):
    if (stage, done) == (sys.argv[3], int(sys.argv[4])):
        os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    BulkRun(load(), [Path(sys.argv[1])], Path(sys.argv[2]), advance).run()
"""


@pytest.mark.slow
@pytest.mark.parametrize(("stage", "done"), [("read", 1), ("index", 0), ("judge", 1), ("cluster", 1)])
@pytest.mark.usefixtures("small_units")
def test_a_killed_run_goes_on(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, done: int
) -> None:
    """A run that is killed in any stage keeps the units that were done, and ends with the same result."""
    monkeypatch.setenv("COPYDESK_CONCURRENCY", "1")
    news, target = tmp_path / "news.jsonl", tmp_path / "out.parquet"
    news.write_text(generated(400))
    whole = by_bulk(settings, [news], tmp_path / "whole.parquet")
    script = tmp_path / "killed.py"
    script.write_text(_KILLED)
    command = [sys.executable, str(script), str(news), str(target), stage, str(done)]
    killed = subprocess.run(command, check=False, timeout=300)
    assert killed.returncode == -signal.SIGKILL
    work = target.with_name("out.parquet.work")
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.arrow") if not path.name.startswith(".")}
    assert before
    assert not target.exists()
    kept: dict[Path, int] = {}

    def look(_stage: str, _done: int, _total: int) -> None:
        kept.update({path: path.stat().st_mtime_ns for path in before if path.exists()})

    BulkRun(settings.model_copy(update={"concurrency": 1}), [news], target, look).run()
    assert kept == before
    assert not work.exists()
    assert parquet.read_table(target).to_pylist() == whole


@pytest.mark.slow
def test_other_input_is_not_mixed_with_an_earlier_run(settings: Settings, tmp_path: Path) -> None:
    """Files of a run over other input, or with other settings, are not used."""
    news, target = tmp_path / "news.jsonl", tmp_path / "out.parquet"
    news.write_text(generated(30))
    BulkRun(settings.model_copy(update={"concurrency": 1}), [news], target, silent).estimate()
    assert target.with_name("out.parquet.work").exists()
    news.write_text(generated(20))
    assert len(by_bulk(settings, [news], target)) == 20


@pytest.mark.slow
def test_dry_run_counts(copydesk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command counts articles, keys and candidates without writing a result, and the run after it needs no more."""
    monkeypatch.setenv("COPYDESK_CONCURRENCY", "1")
    news, target = tmp_path / "news.jsonl", tmp_path / "out.parquet"
    news.write_text(generated(300))
    ran = copydesk("bulk", news, target, "--dry-run", "--json")
    assert ran.code == 0, ran.err
    counted = json.loads(ran.out)
    assert counted["articles"] == 300
    assert counted["texts"] < 300  # some are exact copies
    assert counted["keys"] > 0
    assert counted["candidates"] > 0
    assert not target.exists()
    ran = copydesk("bulk", news, target, "--json")
    assert ran.code == 0, ran.err
    result = json.loads(ran.out)
    assert (result["articles"], result["refused"]) == (300, 1)
    assert parquet.read_table(target).num_rows == 300
    assert "read: 0 of 1 units" in ran.err


@pytest.mark.slow
def test_what_cannot_be_read_fails_the_command(
    copydesk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The rest is written, the sentence says how many files are missing, and the command exits with 1."""
    monkeypatch.setenv("COPYDESK_CONCURRENCY", "1")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(dispatch(1))
    write_out_of_reach(tmp_path / "in")
    target = tmp_path / "out.parquet"
    ran = copydesk("bulk", tmp_path / "in", target, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["unreadable"] == 1
    assert "1 files or folders can't be read" in ran.err
    assert parquet.read_table(target).num_rows == 1
    [line] = target.with_name("out.parquet.refused.jsonl").read_text().splitlines()
    assert json.loads(line)["reason"] == "It can't be read: File name too long."
