"""The quarantine in a bucket: requests are made outside of transactions, and never endanger the bytes."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import Engine, text

from tests.dispatches import dispatch
from tests.integration.delivery import new_processor, scalar
from tests.storage_server import BucketOfTest
from worker import archive
from worker.inbox.posted import accept_uploaded
from worker.operations.audit import contradictions
from worker.pipeline import final_places
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings, load
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
