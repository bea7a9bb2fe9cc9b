"""A crash before and after each step of a file's way, with inbox and archive in a bucket: each file is finished once.

Whatever uses the bucket runs in children of a process that never used it: the library does not survive a fork.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from tests.dispatches import copy_of
from tests.harm.test_crash_points import ARTICLES, SWEEP, WORK, contents, open_files, points, process
from tests.integration.delivery import rows, run, scalar, states
from tests.storage_server import BucketOfTest
from worker import archive
from worker.bucket.objects import Bucket
from worker.inbox import feeder
from worker.inbox.watch import inbox_watch
from worker.operations.audit import contradictions
from worker.queue import sweeper
from worker.settings import Settings, load
from worker.store import ledger
from worker.store.session import engine as make_engine

pytestmark = pytest.mark.harm

#: The steps from inbox to queue, in order: module or class, and function.
ACCEPT: list[tuple[Any, str]] = [
    (feeder, "receive"),
    (archive, "store_bytes"),
    (Bucket, "create"),
    (ledger, "claim"),
    (feeder, "remove"),
    (Bucket, "delete"),
    (feeder, "enqueue"),
]
#: The steps of moving bytes within the bucket.
MOVE: list[tuple[Any, str]] = [(Bucket, "copy"), (Bucket, "delete"), (Bucket, "write")]
_children = multiprocessing.get_context("forkserver")
_children.set_forkserver_preload(["tests.harm.preloaded"])


def apart(work: Callable[..., object], *arguments: object) -> int | None:
    """Run ``work`` in a child; return its exit code, negative if a signal ended it."""
    child = _children.Process(target=work, args=arguments)
    child.start()
    child.join()
    return child.exitcode


def do(work: Callable[..., object], *arguments: object) -> None:
    """Run ``work`` in a child and check that it succeeds."""
    assert apart(work, *arguments) == 0


def be_killed(place: str, name: str, when: str, skip: int, work: Callable[..., object], *arguments: object) -> None:
    """Do ``work`` and be killed at a step, after ``skip`` calls of it."""
    module, _, cls = place.partition(":")
    owner = getattr(import_module(module), cls) if cls else import_module(module)
    real, calls_left = getattr(owner, name), [skip]

    def killed(*given: Any, **more: Any) -> Any:
        if calls_left[0]:
            calls_left[0] -= 1
            return real(*given, **more)
        if when == "after":
            real(*given, **more)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    setattr(owner, name, killed)
    work(*arguments)


def crash(owner: Any, name: str, when: str, skip: int, work: Callable[..., object], *arguments: object) -> bool:
    """Do ``work`` in a child that is killed at a step; return whether it was killed."""
    place = f"{owner.__module__}:{owner.__name__}" if isinstance(owner, type) else owner.__name__
    return apart(be_killed, place, name, when, skip, work, *arguments) == -signal.SIGKILL


def accept_bucket(settings: Settings) -> None:
    """Accept the objects of the inbox, as the watcher does."""
    engine, watch = make_engine(settings), inbox_watch(settings)
    while watch.has_settled_files():
        files = watch.next_files(feeder.ACCEPT_FILES)
        feeder.accept_files(settings, engine, [file.path for file in files], move=True)
    engine.dispose()


def process_in_turn(settings: Settings, groups: list[list[int]]) -> None:
    """Process each group of files as a worker does."""
    for ids in groups:
        process(settings, ids)


def sweep_once(settings: Settings) -> None:
    """Sweep as the scheduler does."""
    sweeper.sweep(settings, make_engine(settings))


def require_no_contradiction(settings: Settings) -> None:
    """Fail if tables and kept bytes contradict each other."""
    assert list(contradictions(settings, make_engine(settings))) == []


def fill(bucket: BucketOfTest) -> None:
    """Put ``contents`` into the inbox."""
    for name, content in contents().items():
        bucket.put(f"inbox/{name}", content)


def recover(settings: Settings, engine: Engine, bucket: BucketOfTest) -> None:
    """List, sweep and process, as the service does after a crash, until every file has its outcome."""
    for _ in range(8):
        if bucket.keys("inbox/"):
            do(accept_bucket, settings)
        run(engine, "UPDATE files SET enqueued_at = now() - interval '10 min' WHERE state = 'waiting'")
        do(sweep_once, settings)
        waiting = open_files(engine)
        if not waiting and not bucket.keys("inbox/") and "processing" not in states(engine).values():
            return
        untried = [n for n in waiting if not scalar(engine, "SELECT attempts FROM files WHERE id = :id", id=n)]
        do(process_in_turn, settings, [untried, *([number] for number in waiting)])
    raise AssertionError(f"files without outcome: {open_files(engine)}")


def judge(settings: Settings, engine: Engine, bucket: BucketOfTest) -> None:
    """Check that nothing is lost, double or contradictory, and that a new file is processed."""
    assert scalar(engine, "SELECT count(*) FROM articles") == ARTICLES
    assert scalar(engine, "SELECT count(*) FROM files WHERE parent_id IS NULL") == 10
    assert [row.path for row in rows(engine, "SELECT path FROM files WHERE state = 'quarantined'")] == [
        f"s3://{bucket.name}/inbox/bad.txt".encode()
    ]
    do(require_no_contradiction, settings)
    kept = {key.rpartition("/")[2] for key in bucket.keys("archive/") if not key.endswith(".reason.txt")}
    assert len(kept) == 10
    bucket.put("inbox/fresh.txt", copy_of(77, 0))
    do(accept_bucket, settings)
    do(process_in_turn, settings, [open_files(engine)])
    assert scalar(engine, "SELECT count(*) FROM articles") == ARTICLES + 1


@pytest.fixture
def small(settings: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings of the bucket that split a file of more than three records."""
    monkeypatch.setenv("COPYDESK_INBOX", f"s3://{desk_bucket.name}/inbox")
    monkeypatch.setenv("COPYDESK_ARCHIVE", f"s3://{desk_bucket.name}/archive")
    monkeypatch.setenv("COPYDESK_RECORDS_PER_PART", "3")
    return load()


@pytest.mark.parametrize(("owner", "name", "when"), points(ACCEPT))
@pytest.mark.parametrize("skip", [0, 3])
def test_the_watcher_is_killed(
    small: Settings, engine: Engine, desk_bucket: BucketOfTest, owner: Any, name: str, when: str, skip: int
) -> None:
    """The watcher is killed at a step, at the first or a later object: the next listing and sweep recover."""
    fill(desk_bucket)
    skip = 0 if name in {"claim", "enqueue"} else skip
    assert crash(owner, name, when, skip, accept_bucket, small)
    recover(small, engine, desk_bucket)
    judge(small, engine, desk_bucket)


@pytest.mark.parametrize(("owner", "name", "when"), points(WORK + MOVE))
def test_a_worker_is_killed(
    small: Settings, engine: Engine, desk_bucket: BucketOfTest, owner: Any, name: str, when: str
) -> None:
    """A worker is killed at a step: other workers finish its files once."""
    fill(desk_bucket)
    do(accept_bucket, small)
    bridge = scalar(engine, "SELECT id FROM files WHERE path LIKE '%bridge.txt'")
    whole = [number for number in open_files(engine) if number != bridge]
    assert crash(owner, name, when, 0, process_in_turn, small, [whole, [bridge]])
    recover(small, engine, desk_bucket)
    judge(small, engine, desk_bucket)


@pytest.mark.parametrize(("owner", "name", "when"), points(SWEEP + MOVE))
def test_the_scheduler_is_killed(
    small: Settings, engine: Engine, desk_bucket: BucketOfTest, owner: Any, name: str, when: str
) -> None:
    """The scheduler is killed at a step: the next sweep finishes its work."""
    fill(desk_bucket)
    do(accept_bucket, small)
    with redis.Redis.from_url(small.redis_url) as client:
        client.flushdb()
    run(engine, "UPDATE files SET enqueued_at = NULL")
    run(engine, "UPDATE files SET attempts = 5 WHERE path LIKE '%/5.txt'")
    assert crash(owner, name, when, 0, sweep_once, small)
    recover(small, engine, desk_bucket)
    quarantined = {
        row.path.rpartition(b"/")[2] for row in rows(engine, "SELECT path FROM files WHERE state = 'quarantined'")
    }
    assert quarantined == {b"bad.txt", b"5.txt"}
    do(require_no_contradiction, small)
