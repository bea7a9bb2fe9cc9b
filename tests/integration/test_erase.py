"""An erased article is gone from every table and folder, stays gone, and the rest of the archive is in order."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.conftest import Ran
from tests.integration.delivery import deliver, new_processor, rows, run, scalar
from tests.integration.mirror import Mirror, stored
from worker import archive
from worker.errors import CopydeskError, RetryError
from worker.operations.audit import contradictions
from worker.operations.erase import erase_article
from worker.operations.prune import recover
from worker.pipeline.batch import BatchProcessor
from worker.reprocess.batch import PRESENT
from worker.reprocess.run import ReprocessRun
from worker.settings import Settings
from worker.store import backup as tables
from worker.store import ledger, locks, recovery
from worker.store.reprocess import Versions

Copydesk = Callable[..., Ran]
WORD = "Kilimandscharowurst"


@pytest.fixture
def work(settings: Settings, engine: Engine, processor: BatchProcessor) -> Callable[..., list[int]]:
    """Return a function that processes files (name, text) one after the other."""

    def take(*files: tuple[str, str]) -> list[int]:
        ids = [deliver(settings, engine, [file])[0] for file in files]
        for file in ids:
            processor.process([file])
        return ids

    return take


def secret(number: int, edition: int = 0) -> str:
    """Return a copy of a dispatch that begins with a word that no other has."""
    return f"{WORD} {copy_of(number, edition)}"


def lines(*texts: str) -> str:
    """Return a file of several articles."""
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


def held(settings: Settings, engine: Engine) -> list[str]:
    """Return the tables and files in which the word occurs."""
    found = [
        table
        for table in (*tables.TABLES, "search_vectors", "search_words")
        if scalar(engine, f"SELECT EXISTS (SELECT FROM {table} WHERE {table}::text ILIKE '%{WORD}%')")  # noqa: S608
    ]
    folders = (settings.archive_folder, settings.quarantine)
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return found + [path.name for path in paths if WORD.encode() in path.read_bytes()]


def in_order(settings: Settings, engine: Engine) -> bool:
    """Return whether the audit finds nothing and a mirror of the feed equals the store."""
    assert list(contradictions(settings, engine)) == []
    return Mirror(engine).catch_up() == stored(engine)


def test_an_article_alone_is_gone_everywhere(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """Text, title, story, evidence, keys and bytes are gone; the record that it happened has none of its words."""
    [file, _] = work(("a.txt", secret(1)), ("b.txt", dispatch(2)))
    assert held(settings, engine)
    ran = copydesk("erase", 1, "--note", "court order")
    assert ran.code == 0, ran.err
    assert "Backups" in ran.out
    assert held(settings, engine) == []
    assert scalar(engine, "SELECT count(*) FROM stories") == 1
    assert scalar(engine, "SELECT count(*) FROM sketch_keys WHERE story_id = 1") == 0
    assert rows(engine, "SELECT article_id, story_id, file_id, note FROM erasures") == [(1, 1, file, "court order")]
    assert (
        scalar(engine, "SELECT reason FROM files WHERE id = :id", id=file) == "Its text was erased by `copydesk erase`."
    )
    assert copydesk("story", 1).code == 1
    assert in_order(settings, engine)


def test_retry_names_the_command_that_removed_the_bytes(
    work: Callable[..., list[int]], copydesk: Copydesk, engine: Engine, settings: Settings
) -> None:
    """A file that was erased is not said to be pruned, and nobody is asked to deliver it again."""
    [erased, pruned] = work(("a.txt", secret(1)), ("b.bin", b"\x00" * 40))
    assert copydesk("erase", 1).code == 0
    assert copydesk("prune", "--only", "quarantine", "--older-than", "2100-01-01").code == 0
    both = json.loads(copydesk("retry", erased, pruned, "--json").out)
    assert both == {"retried": 0, "never_read": 0, "pruned": 1, "erased": 1}
    said = copydesk("retry", erased).out
    assert "copydesk erase" in said
    assert "prune" not in said
    assert "deliver" not in said
    assert "deliver them again" in copydesk("retry", pruned).out
    assert "`copydesk erase` removed" in copydesk("why", f"file:{erased}").out
    assert "`copydesk prune` removed" in copydesk("why", f"file:{pruned}").out


def test_exact_copies_go_and_near_copies_are_named(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """All with the same words are erased, also after a split; the story goes on with the others, which are printed."""
    work(("a.txt", secret(1)), ("b.txt", secret(1).upper()))
    assert copydesk("split", 2).code == 0
    work(("c.txt", copy_of(1, 1)), ("d.txt", copy_of(1, 2)))
    answer = json.loads(copydesk("erase", 1, "--json").out)
    assert answer["articles"] == [1, 2]
    assert answer["near"] == [3, 4]
    assert held(settings, engine) == []
    assert [row.id for row in rows(engine, "SELECT id FROM articles ORDER BY id")] == [3, 4]
    assert in_order(settings, engine)


def test_the_canonical_article_is_replaced(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """A pinned canonical article is erased: another one is canonical, with its title, and later copies join."""
    work(("a.txt", dispatch(1)), ("b.txt", copy_of(1, 1)), ("c.txt", secret(1, 2)))
    assert copydesk("pin", 3).code == 0
    assert copydesk("erase", 3).code == 0
    assert held(settings, engine) == []
    assert scalar(engine, "SELECT canonical_id FROM stories") in {1, 2}
    work(("d.txt", copy_of(1, 3)))
    assert scalar(engine, "SELECT count(*) FROM stories WHERE merged_into IS NULL") == 1
    assert in_order(settings, engine)


def test_a_merged_story_goes_with_its_last_article(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """If the last article of a merged story is erased, no id of it is left."""
    work(("a.txt", dispatch(1)), ("b.txt", dispatch(2)))
    assert copydesk("merge", 1, 2).code == 0
    assert json.loads(copydesk("erase", 1, "--json").out)["gone_stories"] == []
    assert json.loads(copydesk("erase", 2, "--json").out)["gone_stories"] == [1, 2]
    assert rows(engine, "SELECT id FROM stories") == []
    assert in_order(settings, engine)


def test_other_articles_of_the_file_stay(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """The bytes of a file of three articles are removed, the other two keep their texts, also when reprocessed."""
    [file] = work(("a.jsonl", lines(dispatch(1), secret(2), dispatch(3))))
    answer = json.loads(copydesk("erase", 2, "--json").out)
    assert (answer["articles"], answer["unreadable"], answer["files"]) == ([2], [1, 3], 1)
    assert held(settings, engine) == []
    assert rows(engine, "SELECT state, articles FROM files WHERE id = :id", id=file) == [("done", 2)]
    assert rows(engine, "SELECT position FROM bad_records") == [(1,)]
    texts = rows(engine, "SELECT id, text FROM articles ORDER BY id")
    summary = ReprocessRun(settings, engine, versions=Versions(PRESENT.cleaner + 1, PRESENT.fingerprint))(
        lambda *_: None
    )
    assert summary.kept_as_it_was == 2
    assert rows(engine, "SELECT id, text FROM articles ORDER BY id") == texts
    assert in_order(settings, engine)


def test_a_part_of_a_large_file_counts_less(
    settings: Settings, engine: Engine, copydesk: Copydesk, tmp_path: Path
) -> None:
    """In a file of parts, the part and the whole count one article less, and a failed part is not retried."""
    small = settings.model_copy(update={"records_per_part": 2})
    with closing(new_processor(small)) as processor:
        [file] = deliver(small, engine, [("a.jsonl", lines(dispatch(1), secret(2), dispatch(3), dispatch(4)))])
        processor.process(processor.process([file]))
    assert copydesk("erase", scalar(engine, "SELECT id FROM articles WHERE position = 1")).code == 0
    assert rows(engine, "SELECT articles, state FROM files ORDER BY id") == [(3, "done"), (1, "done"), (2, "done")]
    assert held(settings, engine) == []
    assert in_order(settings, engine)


def test_the_text_does_not_come_back(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """The same words, delivered again alone and among others, give no article, and neither does a retry."""
    work(("a.txt", secret(1)))
    assert copydesk("erase", 1).code == 0
    [alone, among] = work(("again.txt", secret(1).upper()), ("more.jsonl", lines(dispatch(5), secret(1))))
    assert rows(engine, "SELECT id, state, articles FROM files WHERE id >= :id ORDER BY id", id=alone) == [
        (alone, "quarantined", 0),
        (among, "done", 1),
    ]
    with engine.begin() as connection:
        retried = recovery.retry_quarantined(connection, None)
    assert ([file.id for file in retried.files], retried.pruned) == ([alone], 1)
    with closing(new_processor(settings)) as processor:
        processor.process([alone])
    assert scalar(engine, "SELECT count(*) FROM articles") == 1
    assert in_order(settings, engine)


def test_a_text_erased_while_its_copy_is_in_work_is_not_stored(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that matched a copy before the article was erased, and waits for the lock, withholds the copy."""
    work(("a.txt", secret(1)))
    held_by = ledger.still_held

    def erase_then(*arguments: object) -> set[int]:
        monkeypatch.undo()
        run(engine, "UPDATE files SET finished_at = now() WHERE finished_at IS NULL")  # as if of other bytes
        erase_article(settings, engine, 1)
        return held_by(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ledger, "still_held", erase_then)
    work(("copy.txt", secret(1).upper()), ("near.txt", copy_of(1, 1)))
    assert [row.title or row.id for row in rows(engine, "SELECT id, title FROM articles")] == [
        scalar(engine, "SELECT max(id) FROM articles")
    ]
    assert in_order(settings, engine)


def test_a_file_in_work_is_not_touched(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], processor: BatchProcessor
) -> None:
    """While the same bytes wait, erasing is refused and changes nothing; afterwards it erases both articles."""
    work(("a.txt", secret(1)))
    [waiting] = deliver(settings, engine, [("b.txt", secret(1))])
    with pytest.raises(RetryError, match="when it is done"):
        erase_article(settings, engine, 1)
    assert scalar(engine, "SELECT count(*) FROM articles") == 1
    processor.process([waiting])
    erased, files = erase_article(settings, engine, 1)
    assert (erased.articles, files) == ([1, 2], 1)
    assert held(settings, engine) == []


def test_a_dry_run_changes_nothing(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], copydesk: Copydesk
) -> None:
    """It prints what would be erased, and every row and byte stays; an unknown article is an error."""
    work(("a.txt", secret(1)))
    before = held(settings, engine)
    ran = copydesk("erase", 1, "--dry-run")
    assert "would be erased: 1." in ran.out
    assert held(settings, engine) == before
    assert copydesk("erase", 7).code == 1


@pytest.mark.parametrize("step", ["stage_removal", "remove"])
def test_a_crash_leaves_all_or_nothing(
    settings: Settings, engine: Engine, work: Callable[..., list[int]], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Ended before the commit, nothing is erased; after it, the next run removes the bytes."""
    work(("a.txt", secret(1)))

    def end(*_: object) -> None:
        raise CopydeskError("ended")

    monkeypatch.setattr(archive, step, end)
    with pytest.raises(CopydeskError, match="ended"):
        erase_article(settings, engine, 1)
    monkeypatch.undo()
    if step == "remove":
        assert not rows(engine, "SELECT id FROM articles")
        recover(settings, engine)
        assert held(settings, engine) == []
    else:
        assert rows(engine, "SELECT id FROM articles") == [(1,)]
        assert len(archive.staged_removals(settings)) == 0
    assert in_order(settings, engine)


def test_erasing_waits_for_nobody(settings: Settings, engine: Engine, work: Callable[..., list[int]]) -> None:
    """During a backup, `prune` or `reprocess` it is refused with a sentence."""
    work(("a.txt", secret(1)))
    for job in (locks.AdvisoryLock.PRUNE, locks.AdvisoryLock.REPROCESS):
        with locks.hold(engine, job), pytest.raises(RetryError, match="under way"):
            erase_article(settings, engine, 1)
