"""A crash before and after each step of a file's processing: the next process finishes the file exactly once."""

import os
import signal
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from tests.dispatches import copy_of
from tests.integration.delivery import new_processor, rows, run, scalar, states
from worker import archive
from worker.archive import folder
from worker.inbox import feeder
from worker.operations.audit import contradictions
from worker.pipeline import batch
from worker.queue import batching, sweeper
from worker.settings import Settings
from worker.store import articles, ledger, locks, recovery, sketches, stories
from worker.store.session import engine as make_engine
from worker.stories import assign

pytestmark = [pytest.mark.harm, pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")]

#: The steps from inbox to queue, in order: module and function.
ACCEPT: list[tuple[Any, str]] = [
    (feeder, "receive"),
    (archive, "store"),
    (folder, "_link"),
    (ledger, "claim"),
    (feeder, "remove"),
    (feeder, "enqueue"),
]
#: The steps of a worker, in order.
WORK: list[tuple[Any, str]] = [
    (ledger, "lease"),
    (batch, "prepare"),
    (batch, "fingerprint_all"),
    (batch, "fingerprint_all"),
    (batch, "match_batch"),
    (ledger, "still_held"),
    (locks, "lock_placement"),
    (articles, "take_ids"),
    (stories, "create"),
    (stories, "merge"),
    (articles, "insert"),
    (sketches, "insert_keys"),
    (stories, "add_to_counts"),
    (assign, "choose_canonicals"),
    (articles, "insert_match_decisions"),
    (stories, "set_canonical"),
    (stories, "set_relations"),
    (stories, "record_changes"),
    (ledger, "split"),
    (archive, "quarantine"),
    (ledger, "bad_records"),
    (ledger, "finish"),
    (ledger, "finish_parents"),
    (batching, "enqueue"),
]
#: The steps of a sweep.
SWEEP: list[tuple[Any, str]] = [
    (recovery, "quarantine_exhausted"),
    (recovery, "requeue_lost"),
    (recovery, "close_parents"),
    (archive, "quarantine"),
    (sweeper, "enqueue"),
]


def points(steps: list[tuple[Any, str]]) -> list[Any]:
    """Return each step twice: to crash before it and after it."""
    return [
        pytest.param(module, name, when, id=f"{when}-{module.__name__.rpartition('.')[2]}.{name.strip('_')}")
        for module, name in steps
        for when in ("before", "after")
    ]


def crash(work: Callable[[], object], module: Any, name: str, when: str, skip: int = 0) -> bool:
    """Do ``work`` in a child that is killed at a step, after ``skip`` calls of it; return whether it was killed."""
    child = os.fork()
    if not child:
        with suppress(BaseException):
            real = getattr(module, name)
            calls_left = [skip]

            def killed(*args: Any, **more: Any) -> Any:
                if calls_left[0]:
                    calls_left[0] -= 1
                    return real(*args, **more)
                if when == "after":
                    real(*args, **more)
                os.kill(os.getpid(), signal.SIGKILL)
                return None

            setattr(module, name, killed)
            work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def contents() -> dict[str, str]:
    """Return copies, large files, a bad file and a text of two stories, by name: ``ARTICLES`` articles."""
    files = {f"{number}.txt": copy_of(number // 2, number % 2, 60) for number in range(6)}
    lines = "".join(
        f'{{"text": "{copy_of(10 + n, 0, 48)}"}}\n'.replace("\n\n", " ").replace('.\n"', '."') for n in range(5)
    )
    files |= {"bad.txt": "\0" * 100, "large.jsonl": lines}
    files["with bad records.jsonl"] = lines.replace("{", "[", 1).replace(".", ", ", 9)
    return files | {"bridge.txt": copy_of(0, 0, 60) + "\n" + copy_of(1, 0, 60)}


ARTICLES = 6 + 5 + 4 + 1


def fill(settings: Settings) -> int:
    """Put ``contents`` into the inbox; return the number of articles."""
    settings.inbox_folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents().items():
        (settings.inbox_folder / name).write_text(content)
    return ARTICLES


def accept_inbox(settings: Settings) -> None:
    """Accept the files in the inbox, as the watcher does."""
    engine = make_engine(settings)
    paths = sorted(os.fsencode(path) for path in settings.inbox_folder.iterdir())
    feeder.accept_files(settings, engine, paths, move=True)
    engine.dispose()


def process(settings: Settings, ids: list[int]) -> None:
    """Process files as a worker does, large ones in parts."""
    with closing(new_processor(settings)) as processor:
        if parts := processor.process(ids):
            batching.enqueue(settings, [], separately=parts)
            for part in parts:
                processor.process([part])


def open_files(engine: Engine) -> list[int]:
    """Return the files without an outcome."""
    return [
        row.id
        for row in rows(
            engine, "SELECT id FROM files WHERE state IN ('waiting', 'processing') AND parts IS NULL ORDER BY id"
        )
    ]


def recover(settings: Settings, engine: Engine) -> None:
    """Scan, sweep and process, as the service does after a crash, until every file has its outcome."""
    for _ in range(8):
        if any(settings.inbox_folder.iterdir()):
            accept_inbox(settings)
        run(engine, "UPDATE files SET enqueued_at = now() - interval '10 min' WHERE state = 'waiting'")
        sweeper.sweep(settings, engine)
        waiting = open_files(engine)
        if not waiting and not any(settings.inbox_folder.iterdir()) and "processing" not in states(engine).values():
            return
        untried = [n for n in waiting if not scalar(engine, "SELECT attempts FROM files WHERE id = :id", id=n)]
        process(settings, untried)
        for number in waiting:
            process(settings, [number])
    raise AssertionError(f"files without outcome: {open_files(engine)}")


def judge(settings: Settings, engine: Engine, expected: int) -> None:
    """Check that nothing is lost, double or contradictory, and that a new file is processed."""
    assert scalar(engine, "SELECT count(*) FROM articles") == expected
    assert scalar(engine, "SELECT count(*) FROM files WHERE parent_id IS NULL") == 10
    assert [
        os.path.basename(row.path) for row in rows(engine, "SELECT path FROM files WHERE state = 'quarantined'")
    ] == [b"bad.txt"]
    assert list(contradictions(settings, engine)) == []
    assert len(list(settings.archive_folder.rglob("*.txt"))) + len(list(settings.archive_folder.rglob("*.jsonl"))) == 9
    assert not list(settings.archive_folder.rglob(".*.part"))
    (settings.inbox_folder / "fresh.txt").write_text(copy_of(77, 0))
    accept_inbox(settings)
    process(settings, open_files(engine))
    assert scalar(engine, "SELECT count(*) FROM articles") == expected + 1


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Return settings that split a file of more than three records."""
    return settings.model_copy(update={"records_per_part": 3})


@pytest.mark.parametrize(("module", "name", "when"), points(ACCEPT))
@pytest.mark.parametrize("skip", [0, 3])
def test_the_watcher_is_killed(small: Settings, engine: Engine, module: Any, name: str, when: str, skip: int) -> None:
    """The watcher is killed at a step, at the first or a later file: the next scan and sweep recover."""
    expected = fill(small)
    skip = 0 if name in {"claim", "enqueue"} else skip
    assert crash(lambda: accept_inbox(small), module, name, when, skip)
    recover(small, engine)
    judge(small, engine, expected)


@pytest.mark.parametrize(("module", "name", "when"), points(WORK))
def test_a_worker_is_killed(small: Settings, engine: Engine, module: Any, name: str, when: str) -> None:
    """A worker is killed at a step: other workers finish its files once."""
    expected = fill(small)
    accept_inbox(small)
    whole = [
        row.id
        for row in rows(
            engine, "SELECT id FROM files WHERE path NOT LIKE '%bridge.txt' AND state = 'waiting' ORDER BY id"
        )
    ]
    bridge = [n for n in open_files(engine) if n not in whole]

    def work() -> None:
        process(small, whole)
        process(small, bridge)

    assert crash(work, module, name, when)
    recover(small, engine)
    judge(small, engine, expected)


@pytest.mark.parametrize(("module", "name", "when"), points(SWEEP))
def test_the_scheduler_is_killed(small: Settings, engine: Engine, module: Any, name: str, when: str) -> None:
    """The scheduler is killed at a step: the next sweep finishes its work."""
    fill(small)
    accept_inbox(small)
    with redis.Redis.from_url(small.redis_url) as client:
        client.flushdb()
    run(engine, "UPDATE files SET enqueued_at = NULL")
    run(engine, "UPDATE files SET attempts = 5 WHERE path LIKE '%/5.txt'")
    assert crash(lambda: sweeper.sweep(small, make_engine(small)), module, name, when)
    recover(small, engine)
    quarantined = {
        os.path.basename(row.path) for row in rows(engine, "SELECT path FROM files WHERE state = 'quarantined'")
    }
    assert quarantined == {b"bad.txt", b"5.txt"}
    assert list(contradictions(small, engine)) == []
    with engine.begin() as connection:
        recovery.retry_quarantined(connection, None)
    recover(small, engine)
    judge(small, engine, 16)


def test_every_step_exists() -> None:
    """Every step in the lists exists, so that a renamed function fails here."""
    for module, name in (*ACCEPT, *WORK, *SWEEP):
        assert callable(getattr(module, name))
