"""A worker with failures: each file gets its own outcome, and no lease is kept forever."""

import gzip
import json
from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, run, scalar, states
from worker.operations.audit import contradictions
from worker.pipeline import batch
from worker.pipeline.batch import BatchProcessor
from worker.pipeline.prepare import PreparedFile
from worker.settings import Settings, load
from worker.store import audit, ledger, locks, recovery


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Return settings that split files of more than ten records and end a task early."""
    return load(data_dir=settings.data_dir, records_per_part=10, task_seconds=10)


def lines(numbers: range) -> str:
    """Return a `.jsonl` file with one dispatch per line."""
    return "".join(json.dumps({"text": dispatch(n, 60), "id": f"no-{n}"}) + "\n" for n in numbers)


def test_fields_that_postgres_refuses_cost_no_other_file(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """NULs and lone surrogates in any field are repaired or reported; the other files are stored."""
    bad = {
        "text": dispatch(1),
        "id": "a\0b",
        "title": "nul \0 here",
        "url": "http://\ud800",
        "source": "\0",
        "author": "\udfff",
    }
    files = [
        ("bad.jsonl", json.dumps(bad)),
        ("good.txt", dispatch(2)),
        ("text.jsonl", json.dumps({"text": "\0 \ud800 " + dispatch(3)})),
    ]
    ids = deliver(settings, engine, files)
    processor.process(ids)
    assert states(engine) == dict.fromkeys(ids, "done")
    assert list(contradictions(settings, engine)) == []


def test_a_file_that_the_database_refuses_is_counted_alone(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """A file that breaks a limit of Postgres fails alone, after a bounded number of attempts; others are processed."""
    run(
        engine,
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.external_id = 'no-7' THEN RAISE EXCEPTION 'row is too big' USING ERRCODE = '54000'; END IF;
        RETURN NEW; END $$""",
    )
    run(engine, "CREATE TRIGGER refuse BEFORE INSERT ON articles FOR EACH ROW EXECUTE FUNCTION refuse()")
    try:
        ids = deliver(settings, engine, [(f"{n}.jsonl", lines(range(n, n + 1))) for n in range(6, 9)])
        processor.process(ids)
        assert states(engine) == {ids[0]: "done", ids[1]: "waiting", ids[2]: "done"}
        for _ in range(settings.max_attempts - 1):
            processor.process(ids[1:2])
    finally:
        run(engine, "DROP FUNCTION refuse CASCADE")
    assert rows(engine, "SELECT state, reason FROM files WHERE id = :id", id=ids[1]) == [
        ("quarantined", "The database refused it: row is too big")
    ]
    assert list(contradictions(settings, engine)) == []


def end_all_sessions(engine: Engine) -> None:
    """End all other connections to the database."""
    run(
        engine,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()",
    )


def failing(exception: BaseException) -> Callable[..., PreparedFile]:
    """Return a step of the pipeline that raises."""

    def step(*_args: object) -> PreparedFile:
        raise exception

    return step


@pytest.mark.parametrize("exception", [MemoryError(), SystemExit(1), KeyboardInterrupt(), RuntimeError("out of time")])
@pytest.mark.parametrize("step", ["prepare", "match_batch", "assign_stories"])
def test_a_worker_that_fails_releases_its_files(
    settings: Settings, engine: Engine, processor: BatchProcessor, step: str, exception: BaseException
) -> None:
    """Whatever is raised anywhere, the process survives and others can take its files at once."""
    ids = deliver(settings, engine, [("a.txt", dispatch(1)), ("b.txt", dispatch(2))])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, step, failing(exception))
        with pytest.raises(type(exception)):
            processor.process(ids)
    with closing(new_processor(settings)) as other:
        for number in ids:  # one by one, because any of them may be the cause
            while states(engine)[number] != "done":
                other.process([number])
    assert scalar(engine, "SELECT max(attempts) FROM files") == 2
    assert list(contradictions(settings, engine)) == []


def test_a_failure_is_retried_then_quarantined(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A bug that one file triggers fails that file, not its batch; after the last attempt the file is quarantined."""
    ids = deliver(settings, engine, [("bad.txt", dispatch(1)), ("good.txt", dispatch(2))])
    from worker.clean import clean as real
    from worker.pipeline import prepare

    def clean(article: object) -> object:
        if article.text.split()[0] == dispatch(1).split()[0]:  # type: ignore[attr-defined]
            raise ZeroDivisionError("division by zero")
        return real(article)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prepare, "clean", clean)
        processor.process(ids)
        assert states(engine) == {ids[0]: "waiting", ids[1]: "done"}
        for _ in range(settings.max_attempts - 1):
            processor.process(ids[:1])
    assert rows(engine, "SELECT state, reason FROM files WHERE id = :id", id=ids[0]) == [
        ("quarantined", "ZeroDivisionError: division by zero")
    ]
    [reason_file] = settings.quarantine.glob("*.reason.txt")
    assert reason_file.read_text("utf-8") == "'inbox/bad.txt'\nZeroDivisionError: division by zero\n"
    assert reason_file.with_name(reason_file.name.removesuffix(".reason.txt")).read_text("utf-8") == dispatch(1)
    with engine.begin() as connection:
        assert [file.id for file in recovery.retry_quarantined(connection, None).files] == ids[:1]
    processor.process(ids[:1])
    assert set(states(engine).values()) == {"done"}
    assert list(settings.quarantine.iterdir()) == []
    assert list(contradictions(settings, engine)) == []


def test_a_slow_batch_is_cut_short_and_the_rest_released(quick: Settings, engine: Engine) -> None:
    """When half of a task's time is over, prepared files are written and the rest wait without counting an attempt."""
    ids = deliver(quick, engine, [(f"{n}.txt", dispatch(n)) for n in range(4)])
    ticks = iter([0.0, 1.0, 6.0])
    with closing(BatchProcessor(quick, new_processor(quick).engine, _clock=lambda: next(ticks))) as processor:
        processor.process(ids)
    assert list(states(engine).values()) == ["done", "done", "waiting", "waiting"]
    assert [row.attempts for row in rows(engine, "SELECT attempts FROM files ORDER BY id")] == [1, 1, 0, 0]


def test_packed_files_whose_texts_fill_the_memory_are_processed_in_turn(quick: Settings, engine: Engine) -> None:
    """When the texts of a batch are longer than one part may be, the rest waits without counting an attempt."""
    packed = [(f"{n}.txt.gz", gzip.compress(dispatch(n, 4000).encode())) for n in range(4)]
    ids = deliver(quick, engine, packed)
    length = len(dispatch(0, 4000)) * 3 // 2
    with closing(BatchProcessor(quick, new_processor(quick).engine, _most_characters=length)) as processor:
        processor.process(ids)
        assert list(states(engine).values()) == ["done", "done", "waiting", "waiting"]
        processor.process(ids)
    assert set(states(engine).values()) == {"done"}
    assert rows(engine, "SELECT DISTINCT attempts FROM files") == [(1,)]


def test_a_slow_batch_whose_session_was_lost_is_still_written(quick: Settings, engine: Engine) -> None:
    """A worker that registers again while it releases the rest still knows its files: none is done twice or counted."""
    ids = deliver(quick, engine, [(f"{n}.txt", dispatch(n)) for n in range(4)])
    ticks = iter([0.0, 1.0, 6.0])

    def clock() -> float:
        now = next(ticks)
        if now > 5:
            end_all_sessions(engine)
        return now

    with closing(BatchProcessor(quick, new_processor(quick).engine, _clock=clock)) as processor:
        processor.process(ids)
    assert list(states(engine).values()) == ["done", "done", "waiting", "waiting"]
    assert [row.attempts for row in rows(engine, "SELECT attempts FROM files ORDER BY id")] == [1, 1, 0, 0]


def test_a_large_file_is_split_over_workers(quick: Settings, engine: Engine) -> None:
    """A file of many records becomes parts; its articles are all stored, once, at their positions."""
    [number] = deliver(quick, engine, [("large.jsonl", lines(range(35)))])
    with closing(new_processor(quick)) as processor, closing(new_processor(quick)) as other:
        parts = processor.process([number])
        assert len(parts) == 4
        assert processor.process([number]) == []
        for part in reversed(parts):
            other.process([part])
    assert rows(engine, "SELECT state, articles FROM files WHERE id = :id", id=number) == [("done", 35)]
    stored = rows(engine, "SELECT position, external_id, file_id FROM articles ORDER BY position")
    assert stored == [(n, f"no-{n}", number) for n in range(35)]
    assert list(contradictions(quick, engine)) == []


def test_a_large_file_with_a_bad_part_is_done_with_a_reason(quick: Settings, engine: Engine) -> None:
    """Failed parts are reported on the file, and only they are retried."""
    [number] = deliver(quick, engine, [("large.jsonl", lines(range(25)))])
    with closing(new_processor(quick)) as processor:
        parts = processor.process([number])
        processor.process(parts[:2])
        run(engine, "UPDATE files SET attempts = 5 WHERE id = :id", id=parts[2])
        with engine.begin() as connection:
            assert [file.id for file in recovery.quarantine_exhausted(connection, 5)] == parts[2:]
            recovery.close_parents(connection)
        [(state, reason)] = rows(engine, "SELECT state, reason FROM files WHERE id = :id", id=number)
        assert (state, reason.split(";")[0]) == ("done", "1 of its 3 parts could not be processed")
        with engine.begin() as connection:
            again = recovery.retry_quarantined(connection, [number])
        assert [file.id for file in again.files] == parts[2:]
        processor.process(parts[2:])
    assert rows(engine, "SELECT state, reason, articles FROM files WHERE id = :id", id=number) == [("done", None, 25)]
    assert list(contradictions(quick, engine)) == []


def test_bad_records_of_a_part_are_dropped_on_retry(quick: Settings, engine: Engine) -> None:
    """Records of a part that can be read on retry are no longer bad; those of other parts still are."""
    strict = quick.model_copy(update={"max_article_bytes": 5_000})
    long = "".join(json.dumps({"text": dispatch(n, 700)}) + "\n" for n in range(30, 35))
    [number] = deliver(quick, engine, [("large.jsonl", lines(range(9)) + "{}\n" + lines(range(10, 20)) + long)])
    with closing(new_processor(strict)) as processor:
        parts = processor.process([number])
        for part in parts:
            processor.process([part])
    position = "SELECT position FROM bad_records WHERE file_id = :id ORDER BY 1"
    assert [row.position for row in rows(engine, position, id=number)] == [9, 20, 21, 22, 23, 24]
    with engine.begin() as connection:
        assert [file.id for file in recovery.retry_quarantined(connection, [number]).files] == parts[2:]
    with closing(new_processor(quick)) as processor:
        processor.process(parts[2:])
    assert [row.position for row in rows(engine, position, id=number)] == [9]
    assert rows(engine, "SELECT state, articles FROM files WHERE id = :id", id=number) == [("done", 24)]


def test_a_lost_lease_writes_nothing(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Files that another worker took over in between are left to it; the others of the batch are written."""
    ids = deliver(settings, engine, [(f"{n}.txt", copy_of(n, 0)) for n in range(3)])
    real = ledger.still_held

    def losing(connection: object, wanted: object, holder: int) -> set[int]:
        run(engine, "UPDATE files SET holder = holder + 1 WHERE id = :id AND holder = :h", id=ids[1], h=holder)
        return real(connection, wanted, holder)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "still_held", losing)
        processor.process(ids)
    assert [row.file_id for row in rows(engine, "SELECT file_id FROM articles ORDER BY 1")] == [ids[0], ids[2]]
    assert states(engine)[ids[1]] == "processing"


def test_a_repeated_message_does_nothing(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """If all files have their outcome, nothing is matched, written or waited for."""
    ids = deliver(settings, engine, [("a.txt", dispatch(1)), ("b.txt", dispatch(2))])
    processor.process(ids)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE"))
        assert processor.process(ids) == []


def test_a_session_that_is_cut_is_opened_again(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A worker whose connections the server ended continues, and its files are released without counting an attempt."""
    processor.process(deliver(settings, engine, [("a.txt", dispatch(1))]))
    ids = deliver(settings, engine, [("b.txt", dispatch(2)), ("c.txt", dispatch(3))])
    from worker.stories.assign import assign_stories as real

    def cut(*args: object) -> object:
        end_all_sessions(engine)
        return real(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "assign_stories", cut)
        with pytest.raises(Exception, match="terminat"):
            processor.process(ids)
    assert rows(engine, "SELECT DISTINCT state, attempts FROM files WHERE id > 1") == [("waiting", 0)]
    processor.process(ids)
    assert set(states(engine).values()) == {"done"}
    assert list(contradictions(settings, engine)) == []


def test_a_worker_that_starts_before_the_tables_registers_later(
    settings: Settings, engine: Engine, processor: BatchProcessor
) -> None:
    """A worker that could not register at its start does so with its first batch: its leases always have a lock."""
    run(engine, "ALTER SEQUENCE holders RENAME TO not_there_yet")
    try:
        processor.announce()
    finally:
        run(engine, "ALTER SEQUENCE not_there_yet RENAME TO holders")
    processor.process(deliver(settings, engine, [("a.txt", dispatch(1))]))
    with engine.connect() as connection:
        assert locks.living_workers(connection) == 1


def test_the_audit_reports_each_kind_of_damage(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The audit that all these tests rely on reports each kind of damage in a sentence."""
    processor.process(
        deliver(settings, engine, [("a.txt", dispatch(1)), ("b.txt", copy_of(1, 1)), ("c.txt", dispatch(2))])
    )
    damages = [
        ("UPDATE files SET articles = 2 WHERE id = 3", "File 3 is done with 2 articles, but 1 are stored."),
        ("UPDATE files SET state = 'waiting' WHERE id = 3", "File 3 is waiting with 1 articles, but 1 are stored."),
        (
            "UPDATE articles SET relation = 'original' WHERE id IN (1, 2)",
            "Story 1 has 2 articles with the relation orig",
        ),
        ("UPDATE stories SET articles = 9 WHERE id = 1", "Story 1 counts 9 articles of 2 texts, but has 2 of 2."),
        (
            "UPDATE stories SET canonical_id = 3 WHERE id = 1",
            "Story 1 has the canonical article 3, which is not in it",
        ),
        (
            "UPDATE articles SET pinned_at = now() WHERE id = 2",
            "Story 1 has the canonical article 1, though 2 was pinned last.",
        ),
        (
            "UPDATE stories SET merged_into = 1, canonical_id = NULL WHERE id = 2",
            "Article 3 is in story 2, which was merged",
        ),
        (
            "UPDATE articles SET relation = 'exact' WHERE id IN (1, 2)",
            "Article 1 has the relation exact, but no text",
        ),
        (
            "UPDATE articles SET text_hash = (SELECT text_hash FROM articles WHERE id = 1) WHERE id = 3",
            "Articles 1 and 3 have the same words",
        ),
        ("DELETE FROM sketch_keys WHERE story_id = 2", "Article 3 of story 2 can't be found by"),
    ]
    for damage, sentence in damages:
        with engine.connect() as connection:  # rolled back at its end
            connection.execute(text(damage))
            faults = list(audit.contradictions(connection, settings.window_days))
        assert any(line.startswith(sentence) for line in faults), (damage, faults)
    assert list(contradictions(settings, engine)) == []
    run(engine, "UPDATE articles SET text = 'Other words.' WHERE id = 3")
    kept = next(settings.archive_folder.rglob("*.txt"))
    kept.write_bytes(kept.read_bytes() + b"more")
    faults = list(contradictions(settings, engine))
    assert faults[0] == "Article 3 has a fingerprint that does not match its text."
    assert faults[1].endswith("its stored bytes were changed after it was accepted.")
    kept.unlink()
    assert "bytes are missing" in list(contradictions(settings, engine))[1]


def test_statements_of_every_batch_stay_prepared(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """The session of a worker keeps its prepared statements: the server plans them in the first batches only."""
    for number in range(8):
        processor.process(deliver(settings, engine, [(f"{number}.txt", dispatch(number))]))
    with processor.engine.connect() as connection:
        prepared = connection.exec_driver_sql("SELECT statement FROM pg_prepared_statements").scalars().all()
    assert any("FROM sketch_keys" in statement for statement in prepared)
    assert any("UPDATE files" in statement for statement in prepared)
