"""A file during whose work the machine fails is tried again, and then all of its records are there."""

import errno
import json
import os
import signal
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any, BinaryIO

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, new_processor, rows, run, scalar, states
from worker import archive
from worker.errors import OutOfTimeError
from worker.operations import health
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.queue import tasks, worker
from worker.settings import Settings, load
from worker.store import recovery

LINES = "".join(json.dumps({"text": dispatch(n, 40)}) + "\n" for n in range(24))


class Failing:
    """The open bytes of a file, of which the n-th call fails."""

    def __init__(self, file: BinaryIO, fail_at: int, error: BaseException) -> None:
        self._file = file
        self._left = fail_at
        self._error = error

    def __enter__(self) -> "Failing":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left < 0:
            raise self._error
        return getattr(self._file, name)


@pytest.fixture
def quick(settings: Settings) -> Settings:
    """Return settings that split files of more than ten records."""
    return load(data_dir=settings.data_dir, records_per_part=10)


@pytest.fixture
def processor(quick: Settings) -> Iterator[BatchProcessor]:
    """Yield a worker."""
    with closing(new_processor(quick)) as worker:
        yield worker


def finish(processor: BatchProcessor, number: int) -> None:
    """Process a file and its parts."""
    for part in processor.process([number]):
        processor.process([part])


def failing(settings: Settings, engine: Engine) -> list[str]:
    """Return what `status` says about files that the machine fails to read."""
    problems = health.status(settings, engine, only_service=True).problems
    return [problem for problem in problems if "this machine fails" in problem]


@pytest.mark.parametrize("fail_at", [0, 1, 5, 15, 25])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EMFILE, errno.ENOMEM])
def test_a_failing_disk_is_no_attempt(
    quick: Settings, engine: Engine, processor: BatchProcessor, fail_at: int, code: int
) -> None:
    """A file that the disk does not give is set back alone, without an attempt; later all its records are stored."""
    bad, good = deliver(quick, engine, [("bad.jsonl", LINES), ("good.txt", dispatch(90))])
    real = archive.open_kept

    def opened(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
        file = real(settings, sha256, path)
        error = OSError(code, os.strerror(code))
        return Failing(file, fail_at, error) if b"bad" in path else file  # type: ignore[return-value]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "open_kept", opened)
        for _ in range(quick.max_attempts + 1):
            processor.process([bad, good])
    assert states(engine) == {bad: "waiting", good: "done"}
    setbacks = quick.max_attempts + 1
    assert rows(engine, "SELECT attempts, setbacks FROM files WHERE id = :id", id=bad) == [(0, setbacks)]
    [problem] = failing(quick, engine)
    assert problem.startswith(
        f"1 files wait because this machine fails while it processes them, the first: file {bad} ("
    )
    assert f"bad.jsonl), {setbacks} times." in problem
    finish(processor, bad)
    assert failing(quick, engine) == []
    assert rows(engine, "SELECT state, articles FROM files WHERE id = :id", id=bad) == [("done", 24)]
    assert list(contradictions(quick, engine)) == []


@pytest.mark.parametrize("fail_at", [0, 1, 5, 15, 25])
@pytest.mark.parametrize("error", [SoftTimeLimitExceeded, OutOfTimeError, MemoryError])
def test_time_and_memory_are_no_end_of_a_file(
    quick: Settings, engine: Engine, processor: BatchProcessor, fail_at: int, error: type[BaseException]
) -> None:
    """Where time or memory ends while records are counted or read, the file is tried again and is complete then."""
    [number] = deliver(quick, engine, [("large.jsonl", LINES)])
    real = archive.open_kept
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "open_kept", lambda *file: Failing(real(*file), fail_at, error()))
        with suppress(error):
            processor.process([number])
    assert states(engine)[number] in ("waiting", "processing")
    assert scalar(engine, "SELECT count(*) FROM articles") == scalar(engine, "SELECT count(*) FROM bad_records") == 0
    finish(processor, number)
    assert rows(engine, "SELECT state, articles, records_read FROM files WHERE id = :id", id=number) == [
        ("done", 24, 24)
    ]
    assert list(contradictions(quick, engine)) == []


def test_a_task_whose_time_ends_keeps_its_worker(
    quick: Settings, engine: Engine, processor: BatchProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal of the time limit ends the task with an error that Celery knows, and the file waits."""
    [number] = deliver(quick, engine, [("large.jsonl", LINES)])
    real = archive.open_kept

    def late(*file: Any) -> BinaryIO:
        signal.raise_signal(signal.SIGUSR1)
        return real(*file)

    monkeypatch.setattr(worker.context, "settings", quick, raising=False)
    monkeypatch.setitem(worker.context.__dict__, "processor", processor)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "open_kept", late)
        with pytest.raises(SoftTimeLimitExceeded):
            tasks.process([number])
    assert states(engine)[number] == "processing"
    finish(processor, number)
    assert states(engine)[number] == "done"


def test_the_pause_between_setbacks_grows(quick: Settings, engine: Engine) -> None:
    """A file that was set back often is enqueued again only after a long pause, one without setbacks at once."""
    often, never = deliver(quick, engine, [("often.txt", dispatch(1)), ("never.txt", dispatch(2))])
    run(engine, "UPDATE files SET enqueued_at = now() - interval '60 s'")
    run(engine, "UPDATE files SET setbacks = 3 WHERE id = :id", id=often)
    with engine.begin() as connection:
        assert [file.id for file in recovery.requeue_lost(connection, 5, [])] == [never]
    run(engine, "UPDATE files SET enqueued_at = now() - interval '90 s' WHERE id = :id", id=often)
    with engine.begin() as connection:
        assert [file.id for file in recovery.requeue_lost(connection, 5, [])] == [often]


def test_the_audit_counts_every_record(quick: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """`check --deep` finds a `done` file of which records are missing, and a large file with too few parts."""
    small, large = deliver(
        quick, engine, [("small.jsonl", LINES[: LINES.index("\n") + 1] + "{}\n"), ("large.jsonl", LINES)]
    )
    finish(processor, small)
    finish(processor, large)
    assert list(contradictions(quick, engine)) == []
    run(engine, "DELETE FROM bad_records")
    run(engine, "UPDATE files SET records = 3 WHERE parent_id = :id AND records = 4", id=large)
    assert list(contradictions(quick, engine)) == [
        f"File {small} is done with 2 records read, but 1 articles and 0 bad records are known.",
        f"File {large} was split into parts of 23 records, but holds 24.",
    ]


def test_an_archive_that_is_gone_is_waited_for(quick: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """A file whose archive is not mounted waits without an attempt; one whose bytes alone are gone is refused."""
    [number] = deliver(quick, engine, [("a.txt", dispatch(1))])
    away = quick.archive_folder.with_name("away")
    quick.archive_folder.rename(away)
    for _ in range(quick.max_attempts + 1):
        processor.process([number])
    assert states(engine)[number] == "waiting"
    away.rename(quick.archive_folder)
    processor.process([number])
    assert states(engine)[number] == "done"


def test_bad_records_beyond_the_limit_are_counted(
    quick: Settings, engine: Engine, processor: BatchProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reasons of too many bad records are withheld, and their number is kept."""
    monkeypatch.setattr("worker.pipeline.prepare.MOST_BAD_RECORDS", 2)
    [number] = deliver(quick, engine, [("a.jsonl", json.dumps({"text": dispatch(1)}) + "\n" + "{}\n" * 5)])
    finish(processor, number)
    assert rows(engine, "SELECT state, articles, records_read, withheld FROM files") == [("done", 1, 6, 3)]
    assert list(contradictions(quick, engine)) == []
