"""``copydesk bulk --against``: new articles join the stories of a settled corpus as they would in the service."""

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, run
from tests.integration.test_bulk import agreement, by_service, generated, joined, lines, silent
from worker.bulk.against import AgainstResult, AgainstRun
from worker.bulk.run import BulkRun
from worker.bulk.stored_archive import StoredArchive
from worker.errors import CopydeskError
from worker.settings import Settings
from worker.store.read.settled import settled_articles


@pytest.fixture
def one_worker(settings: Settings) -> Settings:
    """Return settings with one worker process, because starting one takes seconds."""
    return settings.model_copy(update={"concurrency": 1})


def settle(settings: Settings, folder: Path, records: Sequence[dict[str, Any]]) -> Path:
    """Match these records as a corpus of their own; return the result, alone in a folder."""
    news, archive = folder / "old.jsonl", folder / "archive"
    news.write_text(lines(records))
    archive.mkdir()
    BulkRun(settings, [news], archive / "old.parquet", silent).run()
    return archive


def match(
    settings: Settings, folder: Path, archive: Path, records: Sequence[dict[str, Any]], name: str = "new"
) -> tuple[AgainstResult, list[dict[str, Any]]]:
    """Match these records with the archive; return what the run counted and the rows."""
    news, target = folder / f"{name}.jsonl", folder / f"{name}.parquet"
    news.write_text(lines(records))
    result = AgainstRun(settings, [news], archive, target, silent).run_against()
    return result, parquet.read_table(target).to_pylist()


@pytest.mark.slow
def test_new_articles_join_as_in_the_service(one_worker: Settings, tmp_path: Path) -> None:
    """Stories over both corpora are those of the service, which got all articles; the settled result stays as it is."""
    records = [json.loads(line) for line in generated(400).splitlines()][:400]
    everything = tmp_path / "all.jsonl"
    everything.write_text(lines(records))
    service = {position: story for position, (story, *_) in by_service(one_worker, everything).items()}
    archive = settle(one_worker, tmp_path, records[:250])
    before = (archive / "old.parquet").read_bytes()
    result, rows = match(one_worker, tmp_path, archive, records[250:])
    assert (archive / "old.parquet").read_bytes() == before
    old = parquet.read_table(archive / "old.parquet").to_pylist()
    bulk = {row["position"]: row["story_id"] for row in old}
    bulk |= {250 + row["position"]: row["story_id"] for row in rows}
    of_service, of_bulk = joined(service), joined(bulk)
    assert agreement(of_service, of_bulk) > 0.99
    assert (result.articles, result.settled) == (150, 250)
    known = [row for row in rows if not row["is_new"]]
    assert len(known) == result.known > 20
    assert all(row["story_id"] <= 250 and not row["is_canonical"] and row["other_article_id"] for row in known)
    assert all(row["story_id"] > 250 for row in rows if row["is_new"])
    assert {row["relation"] for row in known} >= {"exact", "near"}
    assert [row["article_id"] for row in rows] == list(range(251, 401))


def test_each_new_article_says_what_it_matched(one_worker: Settings, tmp_path: Path) -> None:
    """Equal words, an edited text, a version under one id, and news: each has its story, reason and evidence."""
    archive = settle(
        one_worker,
        tmp_path,
        [
            {"id": "a", "text": dispatch(1)},
            {"id": "b", "text": dispatch(2)},
            {"id": "x1", "provider": "agency", "version": 1, "text": dispatch(3)},
        ],
    )
    edited = " ".join(word for n, word in enumerate(dispatch(2).split()) if n % 40)
    new: list[dict[str, Any]] = [
        {"id": "e", "text": dispatch(1)},
        {"id": "n", "text": edited},
        {"id": "x1", "provider": "agency", "version": 2, "text": dispatch(4)},
        {"id": "o", "text": dispatch(5)},
        {"id": "o2", "text": dispatch(5)},
    ]
    result, rows = match(one_worker, tmp_path, archive, new)
    assert (result.known, result.new) == (3, 2)
    placed = [(row["story_id"], row["relation"], row["is_new"], row["other_article_id"]) for row in rows]
    assert placed[0] == (1, "exact", False, 1)
    assert placed[1][:1] + placed[1][2:] == (2, False, 2)
    assert placed[2] == (3, "revision", False, 3)
    assert [placed[3], placed[4]] == [(7, "original", True, None), (7, "exact", True, 7)]
    assert json.loads(rows[1]["evidence"])["distance"] < 100
    assert [row["is_canonical"] for row in rows] == [False, False, False, True, False]


@pytest.mark.slow
def test_results_add_up(one_worker: Settings, tmp_path: Path) -> None:
    """A result next to the first ones is settled in the next run; to overwrite one is refused, and two that overlap."""
    archive = settle(one_worker, tmp_path, [{"id": "a", "text": dispatch(1)}])
    match(one_worker, tmp_path, archive, [{"id": "b", "text": dispatch(2)}], "archive/more")
    result, rows = match(one_worker, tmp_path, archive, [{"id": "c", "text": dispatch(2)}])
    assert (result.settled, result.known) == (2, 1)
    assert (rows[0]["story_id"], rows[0]["article_id"]) == (2, 3)
    with pytest.raises(CopydeskError, match="only read"):
        match(one_worker, tmp_path, archive, [{"id": "c", "text": dispatch(2)}], "archive/old")
    (archive / "again.parquet").write_bytes((archive / "more.parquet").read_bytes())
    with pytest.raises(CopydeskError, match="ids in common"):
        match(one_worker, tmp_path, archive, [{"id": "d", "text": dispatch(3)}], "other")


@pytest.mark.slow
def test_the_command_refuses_what_is_no_result(copydesk: Callable[..., Ran], tmp_path: Path) -> None:
    """A folder without results, a file of another kind and a dry run are refused by a sentence."""
    news, target = tmp_path / "news.jsonl", tmp_path / "out.parquet"
    news.write_text(lines([{"text": dispatch(1)}]))
    (tmp_path / "empty").mkdir()
    for archive, said in ((tmp_path / "empty", "holds no result"), (news, "is no Parquet file")):
        ran = copydesk("bulk", news, target, "--against", archive)
        assert (ran.code, said in ran.err) == (1, True)
    assert copydesk("bulk", news, target, "--against", news, "--dry-run").code == 2


def test_the_archive_of_a_service_is_a_settled_corpus(
    one_worker: Settings, engine: Engine, copydesk: Callable[..., Ran], tmp_path: Path
) -> None:
    """New files are matched with what a worker stored, also undated and under one id; the archive is only read."""
    stored: list[dict[str, Any]] = [
        {"id": "a", "text": dispatch(1), "published": "2026-03-01T10:00:00Z"},
        {"id": "b", "text": dispatch(2)},
        {"id": "x1", "provider": "agency", "version": 1, "text": dispatch(3)},
    ]
    edited = " ".join(word for n, word in enumerate(dispatch(2).split()) if n % 40)
    new: list[dict[str, Any]] = [
        {"id": "e", "text": dispatch(1), "published": "2026-03-02T10:00:00Z"},
        {"id": "n", "text": edited},
        {"id": "x1", "provider": "agency", "version": 2, "text": dispatch(4)},
        {"id": "o", "text": dispatch(5)},
    ]
    news, target = tmp_path / "new.jsonl", tmp_path / "new.parquet"
    news.write_text(lines(new))
    assert copydesk("bulk", news, target, "--against-archive", "--json").code == 0  # nothing is stored yet
    assert [row["is_new"] for row in parquet.read_table(target).to_pylist()] == [True] * 4
    with closing(new_processor(one_worker)) as processor:
        assert processor.process(deliver(one_worker, engine, [("old.jsonl", lines(stored))])) == []
    ids = dict(rows(engine, "SELECT external_id, id FROM articles"))
    before = rows(engine, "SELECT id, story_id, relation FROM articles ORDER BY id")
    ran = copydesk("bulk", news, target, "--against-archive", "--json")
    assert ran.code == 0, ran.err
    counts = json.loads(ran.out)
    assert [counts[name] for name in ("articles", "settled", "known", "new")] == [4, 3, 3, 1]
    found = parquet.read_table(target).to_pylist()
    assert [row["other_article_id"] for row in found] == [ids["a"], ids["b"], ids["x1"], None]
    assert [row["relation"] for row in found][::2] == ["exact", "revision"]
    assert [row["story_id"] in dict(rows(engine, "SELECT id, 1 FROM stories")) for row in found] == [True] * 3 + [False]
    assert rows(engine, "SELECT id, story_id, relation FROM articles ORDER BY id") == before
    run(engine, "UPDATE articles SET fingerprint_version = fingerprint_version - 1")
    assert "run copydesk reprocess first" in copydesk("bulk", news, target, "--against-archive").err
    assert copydesk("bulk", news, target, "--against-archive", "--against", target).code == 2


@pytest.mark.slow
def test_matching_goes_on_with_the_snapshot_that_it_took(
    one_worker: Settings, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the service stores while a run is interrupted is not in its result, and is in that of the next run."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    news, target = tmp_path / "new.jsonl", tmp_path / "new.parquet"
    news.write_text(lines([{"id": "n", "text": dispatch(1)}]))
    stored = StoredArchive("one", partial(settled_articles, engine))
    with monkeypatch.context() as patched:
        patched.setattr(AgainstRun, "_judge", interrupted)
        with pytest.raises(KeyboardInterrupt):
            AgainstRun(one_worker, [news], stored, target, silent).run_against()
    with closing(new_processor(one_worker)) as processor:
        processor.process(deliver(one_worker, engine, [("old.txt", dispatch(1))]))
    counts = [AgainstRun(one_worker, [news], stored, target, silent).run_against() for _ in range(2)]
    assert [(count.settled, count.known) for count in counts] == [(0, 0), (1, 1)]
