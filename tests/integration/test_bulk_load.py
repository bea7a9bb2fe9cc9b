"""``copydesk bulk --load``: an archive that bulk filled is what the service would have made of the same files."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.folders import write_out_of_reach
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from tests.integration.mirror import Mirror, stored
from tests.integration.test_bulk import lines, silent
from tests.integration.test_status import KILL, item, reported, statuses
from worker.bench.corpus import texts
from worker.bulk.load import LoadResult, LoadRun
from worker.errors import RetryError
from worker.evaluate.run import empty_database
from worker.inbox.feeder import accept_without_enqueuing
from worker.operations.load import EmptyArchive
from worker.pipeline.batch import BatchProcessor
from worker.queue.indexing import Indexer
from worker.settings import Settings
from worker.store.locks import lock_placement
from worker.store.session import allow_long_reads

#: What is stored of an article, of its story and of the decisions on it, by its position in the file. Their reasons may
#: differ in how many other stories have a phrase.
_STORED = """
    SELECT a.position, a.relation, round(a.similarity::numeric, 4), a.published_at, a.words, a.cleaner_version,
        a.fingerprint_version, a.text_hash, a.simhash, a.sketch, a.language, a.title, a.text, a.external_id, a.url,
        a.source, a.author, a.facts, a.changes, a.provider, a.version, a.revision_key, a.status, a.embargoed_until,
        first.position AS first, canonical.position AS canonical, s.canonical_reason, s.articles, s.texts, s.title,
        s.language,
        ARRAY(SELECT (b.position, l.same, l.relation, round(l.similarity::numeric, 4))::text FROM links l
              JOIN articles b ON b.id = l.other_id WHERE l.article_id = a.id AND l.same = 1 ORDER BY 1) AS joined
    FROM articles a JOIN stories s ON s.id = a.story_id JOIN articles canonical ON canonical.id = s.canonical_id
    JOIN articles first ON first.id = (SELECT min(id) FROM articles WHERE story_id = s.id)
    WHERE a.file_id = (SELECT min(id) FROM files) ORDER BY a.position"""
_FEED = "SELECT kind, count(*) FROM changes GROUP BY 1 ORDER BY 1"
_KEYS = "SELECT count(*) FROM sketch_keys"
_LEDGER = "SELECT state, articles, records_read, withheld, reason FROM files WHERE parent_id IS NULL ORDER BY path"


@pytest.fixture
def one_worker(settings: Settings) -> Settings:
    """Return settings with one worker process, because starting one takes seconds."""
    return settings.model_copy(update={"concurrency": 1})


def corpus(count: int) -> str:
    """Return articles with copies of every kind, dates, versions under one id, and a bad line."""
    records: list[dict[str, Any]] = [
        {"id": f"a{n}", "author": "Ada Holm", "url": f"https://n{n % 7}.example/{n}", "text": text}
        for n, text in enumerate(texts(count, seed=3))
    ]
    for n, record in enumerate(records):
        record["published"] = f"2026-03-{1 + n // 40:02}T{n % 24:02}:10:00Z"
    records.sort(key=lambda record: record["published"])
    sent = {"published": "2026-03-28T10:00:00Z", "id": "x1", "provider": "agency"}
    records += [{**sent, "version": n, "text": dispatch(n + 1)} for n in range(2)]
    return lines(records) + '{"id": "bad"}\n'


def load(settings: Settings, engine: Engine, *paths: Path) -> LoadResult:
    """Load these files into the archive."""
    return LoadRun(settings, paths, EmptyArchive(engine), silent).run_load()


def take(settings: Settings, engine: Engine, path: Path) -> None:
    """Let a worker process a file from the disk."""
    with closing(BatchProcessor(settings, engine, logs_outcomes=False)) as processor:
        waiting = list(accept_without_enqueuing(settings, engine, [os.fsencode(path)]))
        while waiting:
            waiting += processor.process([waiting.pop(0)])


@pytest.mark.usefixtures("agreeing")
def test_a_loaded_archive_is_what_the_service_makes(one_worker: Settings, engine: Engine, tmp_path: Path) -> None:
    """Articles, stories, canonical choice, decisions, ids, keys, ledger and feed equal those of a worker."""
    news = tmp_path / "news.jsonl"
    news.write_text(corpus(300))
    result = load(one_worker, engine, news)
    assert (result.articles, result.refused, result.stories) == (302, 1, scalar(engine, "SELECT count(*) FROM stories"))
    with empty_database(one_worker) as (own, service):
        take(own, service, news)
        for query in (_STORED, _FEED, _KEYS, _LEDGER):
            assert rows(engine, query) == rows(service, query)
        bad = "SELECT position, reason FROM bad_records ORDER BY 1"
        assert rows(engine, bad) == rows(service, bad)
    assert scalar(engine, "SELECT count(*) FROM articles WHERE relation = 'revision'") == 1
    assert Mirror(engine).catch_up() == stored(engine)


@pytest.mark.slow
@pytest.mark.usefixtures("agreeing")
def test_what_may_not_be_published_is_loaded_so(
    one_worker: Settings, engine: Engine, processor: BatchProcessor, tmp_path: Path
) -> None:
    """A kill notice withdraws what it names, an embargo holds, the feed has both, and later notices find their ids."""
    folder = tmp_path / "in"
    folder.mkdir()
    items = [item(dispatch(1)), item(KILL, 2, "canceled"), item(dispatch(2), status="withheld", agency="held")]
    for number, sent in enumerate([*items, item(dispatch(3), agency="later")]):
        (folder / f"{number}.xml").write_text(sent)
    load(one_worker, engine, folder)
    assert statuses(engine) == ["withdrawn", "withdrawn", "withheld", "usable"]
    assert (reported(engine, "withdrawn"), reported(engine, "withheld")) == ([1, 2], [3])
    processor.process(deliver(one_worker, engine, [("kill.xml", item(KILL, 2, "canceled", agency="later"))]))
    assert statuses(engine)[3:] == ["withdrawn", "withdrawn"]
    assert Mirror(engine).catch_up() == stored(engine)


@pytest.mark.slow
@pytest.mark.usefixtures("agreeing")
def test_the_service_goes_on_with_a_loaded_archive(
    one_worker: Settings, engine: Engine, processor: BatchProcessor, copydesk: Callable[..., Ran], tmp_path: Path
) -> None:
    """Later copies join what was loaded, it is found and explained, a split and its undo work, and so do exports."""
    loaded = [{"id": f"a{n}", "text": dispatch(n), "published": "2026-03-01T10:00:00Z"} for n in range(4)]
    news = tmp_path / "news.jsonl"
    news.write_text(lines([*loaded, {"id": "a0+", "text": copy_of(0, 1), "published": "2026-03-01T11:00:00Z"}]))
    load(one_worker, engine, news)
    mirror = Mirror(engine)
    mirror.catch_up()
    ids = dict(rows(engine, "SELECT external_id, id FROM articles"))
    story = dict(rows(engine, "SELECT external_id, story_id FROM articles"))
    assert story["a0"] == story["a0+"]
    arriving = {
        "near.txt": copy_of(1, 2),
        "exact.txt": dispatch(2),
        "dated.jsonl": lines([{"id": "late", "text": copy_of(3, 1), "published": "2026-03-03T10:00:00Z"}]),
        "new.txt": dispatch(9),
    }
    for name, content in arriving.items():
        processor.process(deliver(one_worker, engine, [(name, content)]))
    found = rows(engine, "SELECT story_id FROM articles WHERE id > :last ORDER BY id", last=max(ids.values()))
    assert [own for (own,) in found[:3]] == [story["a1"], story["a2"], story["a3"]]
    assert found[3][0] > max(story.values())
    assert Indexer(engine).run(60, threading.Event()) == 9
    split = ids["a0+"]
    for command, said in (
        (("stories", "--search", "dispatch"), ""),
        (("why", split), f"Matched article {ids['a0']}"),
        (("why", "news.jsonl"), "done, 5 articles"),
        (("split", split), "in a new story"),
        (("undo",), ""),
        (("export", "articles", "--with-text"), dispatch(3)[:40]),
        (("export", "stories"), '"texts":2'),
        (("reprocess", "--dry-run"), ""),
    ):
        ran = copydesk(*command)
        assert (ran.code, said in ran.out) == (0, True), (command, ran.out, ran.err)
    assert scalar(engine, "SELECT story_id FROM articles WHERE id = :id", id=split) == story["a0"]
    run(engine, "UPDATE articles SET cleaner_version = 1 WHERE id = :id", id=split)
    assert "were not kept: `copydesk bulk` loaded it" in copydesk("reprocess").out
    assert mirror.catch_up() == stored(engine)


@pytest.mark.slow
@pytest.mark.usefixtures("agreeing")
def test_what_bulk_refused_is_in_the_ledger(one_worker: Settings, engine: Engine, tmp_path: Path) -> None:
    """Bad records are counted in their files, and files without an article are quarantined with the reason."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_text(lines([{"id": "a", "text": dispatch(1)}, {"id": "none"}]))
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "c.txt").write_text(dispatch(1))
    write_out_of_reach(folder)
    result = load(one_worker, engine, folder)
    assert (result.articles, result.refused, result.unreadable, result.stories) == (2, 3, 1, 1)
    states = rows(engine, "SELECT state, articles, records_read, sha256, reason IS NULL FROM files ORDER BY id")
    assert states == [
        ("done", 1, 2, None, True),
        ("quarantined", 0, 1, None, False),
        ("done", 1, 1, None, True),
        ("quarantined", 0, 1, None, False),
    ]
    assert rows(engine, "SELECT position FROM bad_records ORDER BY file_id") == [(1,), (0,), (0,)]
    assert not (one_worker.data_dir / "load.work").exists()


def test_an_archive_in_use_is_refused(
    one_worker: Settings, engine: Engine, copydesk: Callable[..., Ran], tmp_path: Path
) -> None:
    """While workers run, or once there are articles, a sentence says what to do, before anything is read."""
    news = tmp_path / "news.jsonl"
    news.write_text(lines([{"text": dispatch(1)}]))
    with closing(new_processor(one_worker)) as worker:
        worker.announce()
        ran = copydesk("bulk", news, "--load")
        assert (ran.code, "The service is running. Stop it" in ran.err) == (1, True)
        worker.process(deliver(one_worker, engine, [("old.txt", dispatch(2))]))
    ran = copydesk("bulk", news, "--load")
    assert (ran.code, "The archive has 1 articles" in ran.err) == (1, True)
    assert "read" not in ran.err
    for others in (("--dry-run",), ("--against-archive",), ("--engine", "spark")):
        assert copydesk("bulk", news, "--load", *others).code in {1, 2}


@pytest.mark.slow
def test_a_load_that_must_wait_too_long_loads_nothing(one_worker: Settings, engine: Engine, tmp_path: Path) -> None:
    """While another process places articles the load ends with a sentence; given again, it only has to load."""
    news, seen = tmp_path / "news.jsonl", list[tuple[str, int]]()
    news.write_text(lines([{"text": dispatch(1)}]))
    with engine.begin() as connection:
        allow_long_reads(connection)  # the run may take longer than a transaction may be idle
        lock_placement(connection)
        with pytest.raises(RetryError, match="Give the same command again"):
            load(one_worker, engine, news)
    run_again = LoadRun(one_worker, [news], EmptyArchive(engine), lambda stage, done, _: seen.append((stage, done)))
    assert run_again.run_load().articles == 1
    assert ("read", 0) not in seen  # the unit is there already


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import create_engine
from worker.bulk import folder, source
from worker.bulk.load import LoadRun
from worker.operations.load import EmptyArchive
from worker.settings import load

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def advance(stage, done, total):
    if stage == sys.argv[2] and 0 < done < total:
        die()

source._LARGE_BYTES, source.UNIT_RECORDS = 1_000, 100

if __name__ == "__main__":
    if sys.argv[2] == "loaded":
        folder.WorkFolder.remove = die
    settings = load(data_dir=Path(sys.argv[3]))
    LoadRun(settings, [Path(sys.argv[1])], EmptyArchive(create_engine(settings.database_url)), advance).run_load()
"""


@pytest.mark.slow
@pytest.mark.usefixtures("agreeing")
@pytest.mark.parametrize(("stage", "stored_then"), [("load", 0), ("loaded", 300)])
def test_a_killed_load_is_neither_lost_nor_repeated(
    one_worker: Settings,
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
    stored_then: int,
) -> None:
    """Killed between two batches nothing is stored, after the commit all is; given again, all is stored once."""
    monkeypatch.setenv("COPYDESK_CONCURRENCY", "1")
    news, script = tmp_path / "news.jsonl", tmp_path / "killed.py"
    news.write_text(lines([{"id": f"a{n}", "text": dispatch(n, 40)} for n in range(300)]))
    script.write_text(_KILLED)
    command = [sys.executable, str(script), str(news), stage, str(one_worker.data_dir)]
    assert subprocess.run(command, check=False, timeout=600).returncode == -signal.SIGKILL
    assert scalar(engine, "SELECT count(*) FROM articles") == stored_then
    result = load(one_worker, engine, news)
    assert (result.articles, result.stories) == (300, 300)
    counts = "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM changes), (SELECT count(*) FROM files)"
    assert rows(engine, counts) == [(300, 300, 1)]
    assert not (one_worker.data_dir / "load.work").exists()
