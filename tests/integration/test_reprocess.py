"""Outdated articles are reprocessed: texts, stories and relations follow, corrections stay, a kill loses nothing."""

import json
import os
import signal
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import WINDOW_DAYS, deliver, new_processor, rows, run, scalar
from worker.article import Article, BadRecord
from worker.errors import CopydeskError, RetryError
from worker.fingerprint.article import Prepared
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.prepare import prepare_article
from worker.reprocess.batch import PRESENT, Prepare
from worker.reprocess.run import ReprocessRun
from worker.reprocess.summary import Summary
from worker.settings import Settings
from worker.store import reprocess
from worker.store.locks import AdvisoryLock, hold
from worker.store.reprocess import Versions
from worker.stories.assign import assign_stories
from worker.stories.batch_match import match_batch
from worker.stories.corrections import CorrectionContext, merge, not_a_copy, split
from worker.window import Window

NEXT = Versions(PRESENT.cleaner + 1, PRESENT.fingerprint)
MARK = "\n\nCUT\n\n"


def cutting(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as the next version might: text after a mark is debris."""
    return prepare_article(file_id, replace(article, text=article.text.partition(MARK)[0]))


def killed_by(number: signal.Signals) -> Prepare:
    """Return a way to clean as the next version might that ends the process by a signal at one text."""

    def prepare(file_id: int, article: Article) -> Prepared | BadRecord:
        if "Zvezdograd" in article.text:
            os.kill(os.getpid(), number)
        return cutting(file_id, article)

    return prepare


def reading_on(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as another version might: the article is the text after the mark, reversed and with swapped case."""
    before, _, after = article.text.partition(MARK)
    return prepare_article(file_id, replace(article, text=after.swapcase()[::-1] or before))


@pytest.fixture
def work(settings: Settings, engine: Engine, processor: BatchProcessor) -> Callable[..., None]:
    """Return a function that processes files one after the other."""

    def take(*texts: str) -> None:
        for number, words in enumerate(texts):
            processor.process(deliver(settings, engine, [(f"{number}-{hash(words)}.txt", words)]))

    return take


def reprocess_all(settings: Settings, engine: Engine, prepare: Prepare = cutting, **more: Any) -> Summary:
    """Reprocess everything, and check that all tables agree afterwards."""
    options: dict[str, Any] = {"versions": NEXT, "prepare": prepare} | more
    summary = ReprocessRun(settings, engine, **options)(lambda *_: None)
    assert list(contradictions(settings, engine)) == []
    return summary


def stories(engine: Engine) -> dict[int, list[int]]:
    """Return the articles of each live story."""
    return {r[0]: r[1] for r in rows(engine, "SELECT story_id, array_agg(id ORDER BY id) FROM articles GROUP BY 1")}


def relations(engine: Engine) -> dict[int, str]:
    """Return the relation of each article."""
    return {r[0]: r[1] for r in rows(engine, "SELECT id, relation FROM articles")}


def feed(engine: Engine, after: int = 0) -> list[tuple[Any, ...]]:
    """Return the change feed after an id, without times."""
    changes = rows(
        engine, "SELECT kind, story_id, article_id, other_story_id FROM changes WHERE id > :a ORDER BY id", a=after
    )
    return [tuple(row) for row in changes]


def everything(engine: Engine) -> list[Any]:
    """Return all rows that reprocessing could change."""
    tables = ("articles", "stories", "sketch_keys", "links", "changes", "files")
    return [sorted(map(str, rows(engine, f"TABLE {table}"))) for table in tables]


def with_debris(number: int, debris: int, edition: int = 0) -> str:
    """Return a dispatch with another dispatch's text after the mark."""
    return copy_of(number, edition) + MARK + dispatch(debris)


def test_current_articles_are_not_read(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Articles of the current versions are not even read."""
    work(dispatch(1), copy_of(1, 1))
    before = everything(engine)
    assert reprocess_all(settings, engine, versions=PRESENT).looked_at == 0
    assert everything(engine) == before


def test_an_unchanged_article_gets_the_version(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Where the new cleaner changes nothing, texts, stories and the feed stay, and no later run reads them again."""
    work(dispatch(1), copy_of(1, 1), f"{dispatch(1)}\n", dispatch(2))
    changes, before = feed(engine), (stories(engine), relations(engine))
    summary = reprocess_all(settings, engine, prepare_article)
    assert (summary.looked_at, summary.unchanged, summary.changed) == (4, 4, [])
    assert (feed(engine), (stories(engine), relations(engine))) == (changes, before)
    assert reprocess_all(settings, engine, prepare_article).looked_at == 0


def test_texts_are_reprocessed(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Debris that a new cleaner removes is gone from text, words and index, and the feed records it."""
    work(with_debris(1, 9), dispatch(2))
    summary = reprocess_all(settings, engine)
    assert (summary.looked_at, summary.text_changed, summary.story_changed) == (2, 1, 0)
    assert scalar(engine, "SELECT text FROM articles WHERE id = 1").strip() == dispatch(1).strip()
    assert ("reprocessed", 1, 1, None) in feed(engine)
    assert scalar(engine, "SELECT min(cleaner_version) FROM articles") == NEXT.cleaner


def test_new_copies_are_found(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Two stories whose texts differed only by their debris become one; both ids stay readable."""
    work(dispatch(1) + MARK + dispatch(7, 600), copy_of(1, 1) + MARK + dispatch(8, 600))
    assert stories(engine) == {1: [1], 2: [2]}
    reprocess_all(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert scalar(engine, "SELECT merged_into FROM stories WHERE id = 2") == 1
    assert ("merged", 1, None, 2) in feed(engine)


def test_texts_joined_by_debris_are_separated(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Texts that were one story because of common debris get separate stories, and the feed records it."""
    work(dispatch(1, 60) + MARK + dispatch(9, 500), dispatch(2, 60) + MARK + dispatch(9, 500))
    assert stories(engine) == {1: [1, 2]}
    summary = reprocess_all(settings, engine)
    assert stories(engine) == {1: [1], 2: [2]}
    assert summary.story_changed == 1
    assert ("split", 2, 2, 1) in feed(engine)
    assert relations(engine) == {1: "original", 2: "original"}


def test_an_article_moves_to_its_dispatch(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """An article that was in a story because of its debris moves to the story of its words."""
    work(dispatch(9, 300), dispatch(1), copy_of(9, 1, 300) + MARK + copy_of(1, 1).swapcase()[::-1])
    assert stories(engine) == {1: [1, 3], 2: [2]}
    reprocess_all(settings, engine, reading_on)
    assert stories(engine) == {1: [1], 2: [2, 3]}
    assert ("moved", 2, 3, 1) in feed(engine)


def test_exact_copies_follow(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Copies that get the same words become exact; exact copies whose text changes stay exact to each other."""
    work(dispatch(1), with_debris(1, 9), with_debris(1, 9) + "\n", copy_of(1, 2))
    reprocess_all(settings, engine)
    assert relations(engine) == {1: "original", 2: "exact", 3: "exact", 4: "near"}


def test_a_copy_left_behind_becomes_a_text(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """If an article is reprocessed and its exact copy can't be, the copy becomes a separate text."""
    work(with_debris(1, 9), with_debris(1, 9) + "\n")
    for path in sorted(settings.archive_folder.rglob("*.txt"))[:1]:
        path.unlink()
    summary = ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(lambda *_: None)
    assert summary.kept_as_it_was == 1
    assert "missing" in next(iter(summary.reasons.values()))
    assert sorted(relations(engine).values()) == ["abridged", "original"]
    faults = [fault for fault in contradictions(settings, engine) if "bytes are missing" not in fault]
    assert faults == []


def test_separations_by_an_editor_are_kept(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Articles that an editor split or declared no copies stay separate, however similar the new words are."""
    work(copy_of(3, 0), with_debris(3, 8, 1), with_debris(4, 7), copy_of(4, 1))
    with engine.begin() as connection:
        split(CorrectionContext(connection, WINDOW_DAYS), 2)
    with engine.begin() as connection:
        not_a_copy(CorrectionContext(connection, WINDOW_DAYS), 4, 3)
    reprocess_all(settings, engine)
    assert sorted(stories(engine).values()) == [[1], [2], [3], [4]]


def test_merges_by_an_editor_are_kept(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Two dissimilar texts that an editor merged stay one story after both were reprocessed."""
    work(with_debris(1, 8), with_debris(2, 9))
    with engine.begin() as connection:
        merge(CorrectionContext(connection, WINDOW_DAYS, "two halves of one report"), 1, 2)
    reprocess_all(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert scalar(engine, "SELECT count(*) FROM links WHERE decided_by = 'person'") == 1


def test_a_dry_run_reports_and_writes_nothing(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """It reports the articles that would change, and no table changes."""
    work(dispatch(1) + MARK + dispatch(7, 600), copy_of(1, 1) + MARK + dispatch(8, 600), dispatch(3))
    before = everything(engine)
    summary = reprocess_all(settings, engine, dry=True)
    assert everything(engine) == before
    assert (summary.looked_at, summary.text_changed, summary.story_changed) == (3, 2, 1)
    assert [(c.article_id, c.story_before, c.story_after) for c in summary.changed] == [(1, 1, 1), (2, 2, 1)]
    done = reprocess_all(settings, engine)
    assert (done.text_changed, done.story_changed, done.changed) == (2, 1, summary.changed)


def test_an_interrupted_run_is_resumed(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an interruption in any batch the tables agree, and the next run does exactly the rest."""
    monkeypatch.setattr("worker.reprocess.run._SEEDS", 2)
    work(*(with_debris(n, 100 + n) for n in range(7)))

    def ended(done: int, last: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(ended)
    assert list(contradictions(settings, engine)) == []
    assert reprocess_all(settings, engine).looked_at == 3
    assert scalar(engine, "SELECT count(*) FROM changes WHERE kind = 'reprocessed'") == 7


def test_a_failure_within_a_batch_leaves_it_undone(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch interrupted just before its commit is unchanged, and the next run reprocesses it."""
    work(with_debris(1, 9))
    before = everything(engine)
    with monkeypatch.context() as patched:
        patched.setattr(
            "worker.reprocess.run.reprocess.mark_current", lambda *_: (_ for _ in ()).throw(RuntimeError("ended here"))
        )
        with pytest.raises(RuntimeError, match="ended here"):
            ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(lambda *_: None)
    assert everything(engine) == before
    assert reprocess_all(settings, engine).text_changed == 1


def test_a_crash_of_compiled_code_costs_one_article(
    settings: Settings, engine: Engine, work: Callable[..., None]
) -> None:
    """It stays as it was, the others are reprocessed, and the next run takes it up again."""
    work(with_debris(1, 9), with_debris(2, 8) + " Zvezdograd", with_debris(3, 7))
    summary = reprocess_all(settings, engine, killed_by(signal.SIGSEGV))
    assert (summary.looked_at, summary.text_changed, summary.kept_as_it_was) == (3, 2, 1)
    assert summary.crashed == {2: "SIGSEGV"}
    assert "Zvezdograd" in scalar(engine, "SELECT text FROM articles WHERE id = 2")
    assert reprocess_all(settings, engine).text_changed == 1


def test_a_kill_from_outside_ends_the_run(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """It is no crash of compiled code: no article is passed over, and the next run does the rest."""
    work(with_debris(1, 9) + " Zvezdograd")
    with pytest.raises(CopydeskError, match="was ended, perhaps because the memory was full"):
        ReprocessRun(settings, engine, versions=NEXT, prepare=killed_by(signal.SIGKILL))(lambda *_: None)
    assert reprocess_all(settings, engine).text_changed == 1


def test_parts_of_large_files_are_read_again(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A record of a file that was split into parts is found in its part."""
    small = settings.model_copy(update={"records_per_part": 3})
    processor.settings = small
    lines = [json.dumps({"text": with_debris(n, 100 + n), "id": str(n)}) for n in range(8)]
    parts = processor.process(deliver(small, engine, [("many.jsonl", "\n".join(lines) + "\n")]))
    for part in parts:
        processor.process([part])
    assert reprocess_all(small, engine).text_changed == 8
    assert {r[0]: r[1].strip() for r in rows(engine, "SELECT external_id, text FROM articles")} == {
        str(n): dispatch(n).strip() for n in range(8)
    }


def test_everything_includes_current_versions(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """After a change of the rules every article is reprocessed once, together with its story."""
    work(with_debris(1, 9), copy_of(1, 1), dispatch(2))
    summary = reprocess_all(settings, engine, versions=PRESENT, everything=True)
    assert (summary.looked_at, summary.text_changed) == (3, 1)


def test_an_article_reprocessed_ahead_of_its_turn_is_not_reprocessed_again(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article reprocessed with its story is done, even if its story gets another article before its turn."""
    work(dispatch(1), dispatch(2), dispatch(3), dispatch(4), copy_of(1, 1))
    monkeypatch.setattr("worker.reprocess.run._SEEDS", 3)

    def join(reached: int, _last: int) -> None:
        if reached == 3:
            with engine.begin() as connection:
                merge(CorrectionContext(connection, WINDOW_DAYS), 1, 4)

    assert ReprocessRun(settings, engine, everything=True)(join).looked_at == 5


def test_a_worker_drops_the_old_text(
    settings: Settings, engine: Engine, processor: BatchProcessor, work: Callable[..., None]
) -> None:
    """Cached features of a reprocessed article are not compared with the next copy."""
    work(dispatch(1, 60) + MARK + dispatch(9, 500))
    assert 1 in processor.cache._features
    reprocess_all(settings, engine)
    work(copy_of(9, 1, 500), copy_of(1, 1, 60))
    assert stories(engine) == {1: [1, 3], 2: [2]}


def test_only_one_run_at_a_time(settings: Settings, engine: Engine) -> None:
    """A second run is refused, and can start once the first has ended."""
    with hold(engine, AdvisoryLock.REPROCESS), pytest.raises(RetryError, match="Another `copydesk reprocess`"):
        ReprocessRun(settings, engine)(lambda *_: None)
    assert ReprocessRun(settings, engine)(lambda *_: None).looked_at == 0


def test_the_command_reports(engine: Engine, work: Callable[..., None], copydesk: Callable[..., Any]) -> None:
    """`copydesk reprocess` prints the changes as a table or as one JSON document."""
    work(dispatch(1), dispatch(2))
    run(engine, "UPDATE articles SET cleaner_version = 0, title = 'Old' WHERE id = 1")
    dry = copydesk("reprocess", "--dry-run")
    assert dry.code == 0
    assert "1 would get another text" in dry.out
    printed = json.loads(copydesk("reprocess", "--json").out)
    assert (printed["looked_at"], printed["text_changed"], printed["dry_run"]) == (1, 1, False)
    assert scalar(engine, "SELECT title FROM articles WHERE id = 1") is None


def test_a_worker_between_matching_and_assigning_matches_again(
    settings: Settings, engine: Engine, processor: BatchProcessor, work: Callable[..., None]
) -> None:
    """Matches from before a reprocessing are not used, because the articles may have other words."""
    work(with_debris(1, 9))
    [file_id] = deliver(settings, engine, [("twin.txt", with_debris(1, 9) + "\n")])
    prepared = prepare_article(file_id, Article(with_debris(1, 9)))
    assert isinstance(prepared, Prepared)
    with engine.connect() as connection:
        matched = match_batch(connection, processor.cache, [prepared], Window(30))
    assert matched.exact_matches == {0: 1}
    reprocess_all(settings, engine)
    with engine.begin() as connection:
        assign_stories(connection, processor.cache, matched)
    assert relations(engine)[2] != "exact"


def test_a_copy_that_arrives_meanwhile_is_no_contradiction(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that stores a new canonical article of a story during its reprocessing causes no failure."""
    work(with_debris(1, 9))
    real, todo = reprocess.same_words, [with_debris(1, 9) + dispatch(5, 60)]

    def same_words(*args: Any) -> Any:
        if todo:
            work(todo.pop())
        return real(*args)

    monkeypatch.setattr(reprocess, "same_words", same_words)
    reprocess_all(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert relations(engine) == {1: "abridged", 2: "original"}


@pytest.mark.parametrize("days", [36_500, 1_000_000])
def test_a_window_may_be_longer_than_any_archive(settings: Settings, engine: Engine, days: int) -> None:
    """A window of a century, or longer than the calendar, works everywhere: assigning, reprocessing, auditing."""
    wide = settings.model_copy(update={"window_days": days})
    words = dispatch(1, 60).strip().replace("\n\n", " ")
    records = [{"text": words, "published": day} for day in ("0001-01-01", "0001-02-20", "9999-12-31")]
    records += [{"text": words + MARK + dispatch(2)}, {"text": words + MARK + dispatch(3)}]
    with closing(new_processor(wide)) as processor:
        for number, record in enumerate(records):
            processor.process(deliver(wide, engine, [(f"{number}.jsonl", json.dumps(record))]))
    reprocess_all(wide, engine)
    assert stories(engine)[1][:2] == [1, 2]
    assert scalar(engine, "SELECT count(*) FROM files WHERE state <> 'done'") == 0
