"""The quarantine in a bucket: requests are made outside of transactions, and never endanger the bytes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import dispatch
from tests.integration.delivery import new_processor, run, scalar
from tests.storage_server import BucketOfTest
from worker import archive
from worker.bucket.objects import Bucket
from worker.inbox.posted import accept_uploaded
from worker.operations.audit import contradictions
from worker.pipeline import final_places
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings, load
from worker.store import recovery
from worker.store.locks import AdvisoryLock


@pytest.fixture
def desk(settings: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with the archive in an empty bucket."""
    monkeypatch.setenv("COPYDESK_ARCHIVE", f"s3://{desk_bucket.name}")
    return load()


@pytest.fixture
def worker(desk: Settings) -> Iterator[BatchProcessor]:
    """Yield a worker."""
    with closing(new_processor(desk)) as processor:
        yield processor


def test_no_request_is_made_under_the_lock(
    desk: Settings, engine: Engine, worker: BatchProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When bytes go to the quarantine, the outcome is committed and other workers may place articles."""
    seen: list[tuple[bool, int]] = []
    real = archive.quarantine

    def observed(*arguments: object) -> None:
        with engine.connect() as other:
            free = other.execute(text("SELECT pg_try_advisory_xact_lock_shared(:a, :b)"), AdvisoryLock.PLACEMENT.pair)
            seen.append((free.scalar_one(), scalar(engine, "SELECT count(*) FROM files WHERE state = 'quarantined'")))
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(archive, "quarantine", observed)
    contents = (b"?!?", b"...", dispatch(1).encode())
    worker.process([accept_uploaded(desk, engine, b"a.txt", content) for content in contents])
    assert seen == [(True, 2), (True, 2)]
    assert list(contradictions(desk, engine)) == []


def test_two_outcomes_of_the_same_bytes_lose_none(
    desk: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One delivery goes to the quarantine while another of the same bytes comes back from it: the bytes stay."""
    digest, path = sha256(b"?!?").digest(), b"a.txt"
    archive.store_bytes(desk, b"?!?", digest, path)
    archive.quarantine(desk, digest, path, "It holds no word.")
    archive.open_kept(desk, digest, path).close()
    archive.store_bytes(desk, b"?!?", digest, path)  # delivered again
    both_copied, copy = threading.Barrier(2), Bucket.copy

    def copy_together(bucket: Bucket, key: str, target: str) -> None:
        copy(bucket, key, target)
        both_copied.wait(60)

    monkeypatch.setattr(Bucket, "copy", copy_together)
    with ThreadPoolExecutor(2) as threads:
        threads.submit(archive.quarantine, desk, digest, path, "It holds no word.")
        threads.submit(archive.unquarantine, desk, digest, path)
    with archive.open_kept(desk, digest, path) as kept:
        assert kept.read() == b"?!?"


def test_a_retried_file_leaves_the_quarantine(
    desk: Settings, engine: Engine, worker: BatchProcessor, desk_bucket: BucketOfTest
) -> None:
    """A file that another process had quarantined and that is done after a retry has no reason in the bucket."""
    number = accept_uploaded(desk, engine, b"a.txt", dispatch(1).encode())
    digest = sha256(dispatch(1).encode()).digest()
    run(engine, "UPDATE files SET state = 'quarantined', reason = 'It failed.', finished_at = now()")
    archive.quarantine(desk, digest, b"a.txt", "It failed.")
    assert len(desk_bucket.keys("quarantine/")) == 1
    with engine.begin() as connection:
        recovery.retry_quarantined(connection, [number])
    worker.process([number])
    assert scalar(engine, "SELECT state FROM files") == "done"
    assert desk_bucket.keys("quarantine/") == []


def test_a_silent_storage_holds_up_no_worker(
    desk: Settings, engine: Engine, worker: BatchProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker goes on after a while although the storage has not answered; the file has its outcome."""
    answered, begun = threading.Event(), threading.Event()

    def silent(*_arguments: object) -> None:
        begun.set()
        answered.wait(60)

    monkeypatch.setattr(archive, "quarantine", silent)
    monkeypatch.setattr(final_places, "_LONGEST_SECONDS", 0.1)
    worker.process([accept_uploaded(desk, engine, b"bad.txt", b"?!?")])
    assert begun.wait(60)
    assert not answered.is_set()
    answered.set()
    assert scalar(engine, "SELECT state FROM files") == "quarantined"
