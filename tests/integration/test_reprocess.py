"""Old articles are made anew: texts, stories and relations follow, what a person said stays, a kill costs nothing."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.desk import deliver, new_desk, one, rows, run
from worker.article import Article, BadRecord
from worker.errors import RetryError
from worker.fingerprint.article import Prepared
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.prepare import prepare_article
from worker.reprocess.run import PRESENT, Prepare, ReprocessRun, Summary
from worker.settings import Settings
from worker.store import reprocess
from worker.store.locks import AdvisoryLock, hold
from worker.store.reprocess import Versions
from worker.stories.assign import assign_stories, match_batch
from worker.stories.candidates import FeatureCache
from worker.stories.corrections import merge, not_a_copy, split
from worker.window import Window

NEXT = Versions(PRESENT.cleaner + 1, PRESENT.fingerprint)
MARK = "\n\nCUT\n\n"


def cutting(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as the next version might: what comes behind a mark is debris."""
    return prepare_article(file_id, replace(article, text=article.text.partition(MARK)[0]))


def reading_on(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean as another version might: the article is what comes behind the mark, in capitals turned round."""
    before, _, behind = article.text.partition(MARK)
    return prepare_article(file_id, replace(article, text=behind.swapcase()[::-1] or before))


@pytest.fixture
def desk(settings: Settings) -> Iterator[BatchProcessor]:
    """Yield a worker's desk."""
    with closing(new_desk(settings)) as made:
        yield made


@pytest.fixture
def work(settings: Settings, engine: Engine, desk: BatchProcessor) -> Callable[..., None]:
    """Return a function that takes files in, one after the other."""

    def take(*texts: str) -> None:
        for number, words in enumerate(texts):
            desk.process(deliver(settings, engine, [(f"{number}-{hash(words)}.txt", words)]))

    return take


def made_anew(settings: Settings, engine: Engine, prepare: Prepare = cutting, **more: Any) -> Summary:
    """Run it to its end, and see that all tables agree afterwards."""
    options: dict[str, Any] = {"versions": NEXT, "prepare": prepare} | more
    summary = ReprocessRun(settings, engine, **options)(lambda *_: None)
    assert list(contradictions(settings, engine)) == []
    return summary


def stories(engine: Engine) -> dict[int, list[int]]:
    """Return the articles of each living story."""
    return {r[0]: r[1] for r in rows(engine, "SELECT story_id, array_agg(id ORDER BY id) FROM articles GROUP BY 1")}


def relations(engine: Engine) -> dict[int, str]:
    """Return the relation of each article."""
    return {r[0]: r[1] for r in rows(engine, "SELECT id, relation FROM articles")}


def told(engine: Engine, after: int = 0) -> list[tuple[Any, ...]]:
    """Return the change feed behind an id, without times."""
    found = rows(
        engine, "SELECT kind, story_id, article_id, other_story_id FROM changes WHERE id > :a ORDER BY id", a=after
    )
    return [tuple(row) for row in found]


def everything(engine: Engine) -> list[Any]:
    """Return all rows that reprocessing could touch."""
    tables = ("articles", "stories", "sketch_keys", "links", "changes", "files")
    return [sorted(map(str, rows(engine, f"TABLE {table}"))) for table in tables]


def with_debris(number: int, debris: int, edition: int = 0) -> str:
    """Return a dispatch with another one's text behind the mark."""
    return copy_of(number, edition) + MARK + dispatch(debris)


def test_nothing_old_nothing_done(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Articles of the present versions are not even read."""
    work(dispatch(1), copy_of(1, 1))
    before = everything(engine)
    assert made_anew(settings, engine, versions=PRESENT).looked_at == 0
    assert everything(engine) == before


def test_the_same_again_only_notes_the_version(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Where the new cleaner does nothing else, texts, stories and the feed stay, and no run comes back to them."""
    work(dispatch(1), copy_of(1, 1), f"{dispatch(1)}\n", dispatch(2))
    feed, before = told(engine), (stories(engine), relations(engine))
    summary = made_anew(settings, engine, prepare_article)
    assert (summary.looked_at, summary.unchanged, summary.changed) == (4, 4, [])
    assert (told(engine), (stories(engine), relations(engine))) == (feed, before)
    assert made_anew(settings, engine, prepare_article).looked_at == 0


def test_texts_are_made_anew(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Debris that a new cleaner takes away is gone from text, words and index, and the feed tells of it."""
    work(with_debris(1, 9), dispatch(2))
    summary = made_anew(settings, engine)
    assert (summary.looked_at, summary.text_changed, summary.story_changed) == (2, 1, 0)
    assert one(engine, "SELECT text FROM articles WHERE id = 1").strip() == dispatch(1).strip()
    assert ("reprocessed", 1, 1, None) in told(engine)
    assert one(engine, "SELECT min(cleaner_version) FROM articles") == NEXT.cleaner


def test_new_copies_are_found(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Two stories whose texts were unlike for their debris alone become one; both ids stay readable."""
    work(dispatch(1) + MARK + dispatch(7, 600), copy_of(1, 1) + MARK + dispatch(8, 600))
    assert stories(engine) == {1: [1], 2: [2]}
    made_anew(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert one(engine, "SELECT merged_into FROM stories WHERE id = 2") == 1
    assert ("merged", 1, None, 2) in told(engine)


def test_what_debris_joined_comes_apart(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Texts that were one story for their common debris get stories of their own, and the feed tells."""
    work(dispatch(1, 60) + MARK + dispatch(9, 500), dispatch(2, 60) + MARK + dispatch(9, 500))
    assert stories(engine) == {1: [1, 2]}
    summary = made_anew(settings, engine)
    assert stories(engine) == {1: [1], 2: [2]}
    assert summary.story_changed == 1
    assert ("split", 2, 2, 1) in told(engine)
    assert relations(engine) == {1: "original", 2: "original"}


def test_an_article_moves_to_its_dispatch(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """One that stood with a story for its debris goes to the story of its own words."""
    work(dispatch(9, 300), dispatch(1), copy_of(9, 1, 300) + MARK + copy_of(1, 1).swapcase()[::-1])
    assert stories(engine) == {1: [1, 3], 2: [2]}
    made_anew(settings, engine, reading_on)
    assert stories(engine) == {1: [1], 2: [2, 3]}
    assert ("moved", 2, 3, 1) in told(engine)


def test_exact_copies_follow(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Copies that become the same words are exact ones; exact copies whose text changes stay exact among themselves."""
    work(dispatch(1), with_debris(1, 9), with_debris(1, 9) + "\n", copy_of(1, 2))
    made_anew(settings, engine)
    assert relations(engine) == {1: "original", 2: "exact", 3: "exact", 4: "near"}


def test_a_copy_left_behind_is_a_text_of_its_own(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Where the text of an exact copy is made anew and the copy can't be, the copy stands by itself."""
    work(with_debris(1, 9), with_debris(1, 9) + "\n")
    for path in sorted(settings.archive.rglob("*.txt"))[:1]:
        path.unlink()
    summary = ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(lambda *_: None)
    assert summary.kept_as_it_was == 1
    assert "missing" in next(iter(summary.reasons.values()))
    assert sorted(relations(engine).values()) == ["abridged", "original"]
    found = [fault for fault in contradictions(settings, engine) if "bytes are missing" not in fault]
    assert found == []


def test_a_person_is_respected(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """What a person split off or called no copy stays apart, however alike the new words are."""
    work(copy_of(3, 0), with_debris(3, 8, 1), with_debris(4, 7), copy_of(4, 1))
    with engine.begin() as connection:
        split(connection, FeatureCache(), 2)
    with engine.begin() as connection:
        not_a_copy(connection, FeatureCache(), 4, 3)
    made_anew(settings, engine)
    assert sorted(stories(engine).values()) == [[1], [2], [3], [4]]


def test_what_a_person_joined_stays_joined(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """Two unlike texts that a person called one story are one after both were made anew."""
    work(with_debris(1, 8), with_debris(2, 9))
    with engine.begin() as connection:
        merge(connection, FeatureCache(), 1, 2, "two halves of one report")
    made_anew(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert one(engine, "SELECT count(*) FROM links WHERE starts_with(reason, 'a person joined')") == 1


def test_a_dry_run_tells_and_writes_nothing(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """It names the articles that would change, and every table is as it was."""
    work(dispatch(1) + MARK + dispatch(7, 600), copy_of(1, 1) + MARK + dispatch(8, 600), dispatch(3))
    before = everything(engine)
    summary = made_anew(settings, engine, dry=True)
    assert everything(engine) == before
    assert (summary.looked_at, summary.text_changed, summary.story_changed) == (3, 2, 1)
    assert [(c.article_id, c.story_before, c.story_after) for c in summary.changed] == [(1, 1, 1), (2, 2, 1)]
    done = made_anew(settings, engine)
    assert (done.text_changed, done.story_changed, done.changed) == (2, 1, summary.changed)


def test_a_cut_off_run_is_taken_up(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended in any batch, the tables agree, and the next run does exactly the rest."""
    monkeypatch.setattr("worker.reprocess.run._SEEDS", 2)
    work(*(with_debris(n, 100 + n) for n in range(7)))

    def ended(done: int, last: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(ended)
    assert list(contradictions(settings, engine)) == []
    assert made_anew(settings, engine).looked_at == 3
    assert one(engine, "SELECT count(*) FROM changes WHERE kind = 'reprocessed'") == 7


def test_a_failure_within_a_batch_leaves_it_undone(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off just before its commit a batch is as it was, and the next run makes it anew."""
    work(with_debris(1, 9))
    before = everything(engine)
    with monkeypatch.context() as patched:
        patched.setattr(
            "worker.reprocess.run.reprocess.mark_current", lambda *_: (_ for _ in ()).throw(RuntimeError("ended here"))
        )
        with pytest.raises(RuntimeError, match="ended here"):
            ReprocessRun(settings, engine, versions=NEXT, prepare=cutting)(lambda *_: None)
    assert everything(engine) == before
    assert made_anew(settings, engine).text_changed == 1


def test_parts_of_large_files_are_read_again(settings: Settings, engine: Engine, desk: BatchProcessor) -> None:
    """A record of a file that was shared out among workers is found in its part."""
    small = settings.model_copy(update={"records_per_part": 3})
    desk.settings = small
    lines = [json.dumps({"text": with_debris(n, 100 + n), "id": str(n)}) for n in range(8)]
    parts = desk.process(deliver(small, engine, [("many.jsonl", "\n".join(lines) + "\n")]))
    for part in parts:
        desk.process([part])
    assert made_anew(small, engine).text_changed == 8
    assert {r[0]: r[1].strip() for r in rows(engine, "SELECT external_id, text FROM articles")} == {
        str(n): dispatch(n).strip() for n in range(8)
    }


def test_all_takes_the_present_versions_too(settings: Settings, engine: Engine, work: Callable[..., None]) -> None:
    """After a change of the rules every article is made anew once, its whole story together."""
    work(with_debris(1, 9), copy_of(1, 1), dispatch(2))
    summary = made_anew(settings, engine, versions=PRESENT, everything=True)
    assert (summary.looked_at, summary.text_changed) == (3, 1)


def test_what_was_made_anew_ahead_of_its_turn_is_not_made_again(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article that was done with its story is done, though its story got another one before its turn came."""
    work(dispatch(1), dispatch(2), dispatch(3), dispatch(4), copy_of(1, 1))
    monkeypatch.setattr("worker.reprocess.run._SEEDS", 3)

    def join(reached: int, _last: int) -> None:
        if reached == 3:
            with engine.begin() as connection:
                merge(connection, FeatureCache(), 1, 4)

    assert ReprocessRun(settings, engine, everything=True)(join).looked_at == 5


def test_a_worker_forgets_the_old_text(
    settings: Settings, engine: Engine, desk: BatchProcessor, work: Callable[..., None]
) -> None:
    """What a worker remembers of an article that was made anew does not judge the next copy."""
    work(dispatch(1, 60) + MARK + dispatch(9, 500))
    assert 1 in desk.cache._kept
    made_anew(settings, engine)
    work(copy_of(9, 1, 500), copy_of(1, 1, 60))
    assert stories(engine) == {1: [1, 3], 2: [2]}


def test_only_one_run_at_a_time(settings: Settings, engine: Engine) -> None:
    """A second one is told to wait, and can begin once the first has ended."""
    with hold(engine, AdvisoryLock.REPROCESS), pytest.raises(RetryError, match="Another `copydesk reprocess`"):
        ReprocessRun(settings, engine)(lambda *_: None)
    assert ReprocessRun(settings, engine)(lambda *_: None).looked_at == 0


def test_the_command_tells(engine: Engine, work: Callable[..., None], copydesk: Callable[..., Any]) -> None:
    """`copydesk reprocess` prints what changed as a table or as one JSON document."""
    work(dispatch(1), dispatch(2))
    run(engine, "UPDATE articles SET cleaner_version = 0, title = 'Old' WHERE id = 1")
    dry = copydesk("reprocess", "--dry-run")
    assert dry.code == 0
    assert "1 would get another text" in dry.out
    found = json.loads(copydesk("reprocess", "--json").out)
    assert (found["looked_at"], found["text_changed"], found["dry_run"]) == (1, 1, False)
    assert one(engine, "SELECT title FROM articles WHERE id = 1") is None


def test_a_worker_between_finding_and_placing_looks_again(
    settings: Settings, engine: Engine, desk: BatchProcessor, work: Callable[..., None]
) -> None:
    """What was found before articles were made anew is not acted on: it may have other words by now."""
    work(with_debris(1, 9))
    [file_id] = deliver(settings, engine, [("twin.txt", with_debris(1, 9) + "\n")])
    prepared = prepare_article(file_id, Article(with_debris(1, 9)))
    assert isinstance(prepared, Prepared)
    with engine.connect() as connection:
        found = match_batch(connection, desk.cache, [prepared], Window(30))
    assert found.exact_matches == {0: 1}
    made_anew(settings, engine)
    with engine.begin() as connection:
        assign_stories(connection, desk.cache, found)
    assert relations(engine)[2] != "exact"


def test_a_copy_that_comes_meanwhile_is_no_contradiction(
    settings: Settings, engine: Engine, work: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that stores a story's new canonical article while it is decided on its others stops nothing."""
    work(with_debris(1, 9))
    real, todo = reprocess.same_words, [with_debris(1, 9) + dispatch(5, 60)]

    def same_words(*args: Any) -> Any:
        if todo:
            work(todo.pop())
        return real(*args)

    monkeypatch.setattr(reprocess, "same_words", same_words)
    made_anew(settings, engine)
    assert stories(engine) == {1: [1, 2]}
    assert relations(engine) == {1: "abridged", 2: "original"}


@pytest.mark.parametrize("days", [36_500, 1_000_000])
def test_a_window_may_be_longer_than_any_archive(settings: Settings, engine: Engine, days: int) -> None:
    """A century, or more days than a year has numbers, is reckoned with everywhere: placing, making anew, checking."""
    wide = settings.model_copy(update={"window_days": days})
    words = dispatch(1, 60).strip().replace("\n\n", " ")
    records = [{"text": words, "published": day} for day in ("0001-01-01", "0001-02-20", "9999-12-31")]
    records += [{"text": words + MARK + dispatch(2)}, {"text": words + MARK + dispatch(3)}]
    with closing(new_desk(wide)) as desk:
        for number, record in enumerate(records):
            desk.process(deliver(wide, engine, [(f"{number}.jsonl", json.dumps(record))]))
    made_anew(wide, engine)
    assert stories(engine)[1][:2] == [1, 2]
    assert one(engine, "SELECT count(*) FROM files WHERE state <> 'done'") == 0
