"""An inbox in a bucket: every object is accepted once, by whichever of its watchers, and replaced ones are new."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import md5
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import new_processor, rows, scalar
from tests.storage_server import BucketOfTest
from worker import archive
from worker.article import ProcessKind
from worker.bucket import objects
from worker.bucket.objects import opened
from worker.inbox import bucket_watcher, feeder
from worker.inbox.bucket_watcher import BucketWatcher
from worker.inbox.sources import receive, remove
from worker.inbox.watch import InboxWatch, inbox_watch
from worker.operations.audit import contradictions
from worker.operations.health import check
from worker.queue.heartbeat import Heartbeat
from worker.scanner import EntryState
from worker.settings import Settings, load
from worker.settings.places import BucketUrl
from worker.store.ledger import Delivery


@pytest.fixture(params=["bucket", "folder"])
def desk(
    request: pytest.FixtureRequest, settings: Settings, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """Return settings with the inbox in a bucket, and the archive there too or in a folder."""
    monkeypatch.setenv("COPYDESK_INBOX", f"s3://{desk_bucket.name}/in/box")
    if request.param == "bucket":
        monkeypatch.setenv("COPYDESK_ARCHIVE", f"s3://{desk_bucket.name}/kept")
    return load()


@pytest.fixture
def watch(desk: Settings) -> InboxWatch:
    """Return a watcher of the inbox."""
    return inbox_watch(desk)


def found(watch: InboxWatch, limit: int = 1000) -> Iterator[EntryState]:
    """Yield the objects of one listing."""
    if watch.has_settled_files():
        while files := watch.next_files(limit):
            yield from files


def accept_all(desk: Settings, engine: Engine, watch: InboxWatch) -> feeder.Accepted:
    """Accept the objects of one listing."""
    return feeder.accept_files(desk, engine, [file.path for file in found(watch)], move=True)


def test_objects_are_accepted_and_processed(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """Objects with any name are accepted, leave the inbox and become articles; ignored names stay."""
    for name in ("a b.txt", "ü?#%.txt", "sub/c.txt"):
        desk_bucket.put(f"in/box/{name}", dispatch(len(name)))
    for name in (".hidden", "half.txt.part", "sub/.git/x.txt"):
        desk_bucket.put(f"in/box/{name}", "not yet")
    desk_bucket.request("PUT", "in/box/folder/", b"")
    desk_bucket.put("in/boxes.txt", "another folder")
    accepted = accept_all(desk, engine, watch)
    assert not accepted.not_ready
    assert sorted(row.path.decode() for row in rows(engine, "SELECT path FROM files")) == [
        f"s3://{desk_bucket.name}/in/box/{name}" for name in ("a b.txt", "sub/c.txt", "ü?#%.txt")
    ]
    assert "in/box/a b.txt" not in desk_bucket.keys("in/box")
    with closing(new_processor(desk)) as processor:
        processor.process(list(accepted.new.values()))
    assert scalar(engine, "SELECT count(*) FROM articles") == 3
    assert list(contradictions(desk, engine)) == []
    assert list(found(watch)) == []


def test_two_watchers_accept_each_object_once(desk: Settings, engine: Engine, desk_bucket: BucketOfTest) -> None:
    """Two watchers that list the same objects and accept them at the same time record each once and lose none."""
    for number in range(60):
        desk_bucket.put(f"in/box/{number}.txt", dispatch(number % 50))
    together = threading.Barrier(2)

    def run(watch: InboxWatch) -> int:
        paths = [file.path for file in found(watch)]
        together.wait()
        return len(feeder.accept_files(desk, engine, paths, move=True).new)

    with ThreadPoolExecutor(2) as threads:
        new = list(threads.map(run, (inbox_watch(desk), inbox_watch(desk))))
    assert sum(new) == 60
    assert scalar(engine, "SELECT count(*) FROM files WHERE state = 'waiting'") == 60
    assert desk_bucket.keys("in/box") == []


def test_a_replaced_object_is_a_new_delivery(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """An object that replaces one between its reading and its removal stays, and is accepted next."""
    desk_bucket.put("in/box/live.txt", dispatch(1))
    [file] = found(watch)
    delivery = receive(desk, file.path, move=True)
    desk_bucket.put("in/box/live.txt", dispatch(2))
    remove(delivery)
    assert desk_bucket.keys("in/box") == ["in/box/live.txt"]
    [new] = accept_all(desk, engine, watch).deliveries
    assert new.key != delivery.key
    assert desk_bucket.keys("in/box") == []


def test_refused_objects_stay_and_are_reported_once(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """An object over the limit stays and is not read again until it changes; one that is gone is recorded so."""
    small = desk.model_copy(update={"max_file_bytes": 1000})
    desk_bucket.put("in/box/large.txt", "word " * 400)
    [file] = found(watch)
    accepted = feeder.accept_files(small, engine, [file.path, file.path + b"x"], move=True)
    large, gone = accepted.deliveries
    assert large.reason == "The file has 2,000 bytes; the limit is 1,000. Split it, or raise max_file_bytes."
    assert gone.vanished
    watch.tracker.ignore_until_changed(file)
    assert list(found(watch)) == []
    desk_bucket.put("in/box/large.txt", "word " * 100)
    assert [changed.path for changed in found(watch)] == [file.path]


def test_a_refused_object_keeps_no_other_out(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """Objects that the storage lists and refuses to read wait, are reported, and the others are accepted."""
    secret = b64encode(b"k" * 32).decode(), b64encode(md5(b"k" * 32, usedforsecurity=False).digest()).decode()
    header = "x-amz-server-side-encryption-customer-"
    own_key = {f"{header}algorithm": "AES256", f"{header}key": secret[0], f"{header}key-MD5": secret[1]}
    desk_bucket.request("PUT", "in/box/encrypted.txt", dispatch(1).encode(), own_key)
    for name, content in (("denied.txt", dispatch(2)), ("empty.txt", ""), ("good.txt", dispatch(3))):
        desk_bucket.put(f"in/box/{name}", content)
    desk_bucket.deny("s3:GetObject", "in/box/denied.txt", "in/box/empty.txt")
    files = list(found(watch))
    accepted = feeder.accept_files(desk, engine, [file.path for file in files], move=True)
    assert [delivery.path for delivery in accepted.deliveries] == [f"{desk.inbox}/good.txt".encode()]
    reasons = {Path(path.decode()).name: reason for path, reason in accepted.not_ready.items()}
    assert {name: reason.partition("(")[2].partition(")")[0] for name, reason in reasons.items()} == {
        "encrypted.txt": "400 Bad Request",
        "denied.txt": "403 Forbidden",
        "empty.txt": "403 Forbidden",
    }
    for _ in range(3):
        for file in files:
            if file.path in accepted.not_ready:
                watch.tracker.postpone(file)
    assert "3 objects of the inbox can't be read or removed" in watch.failures()
    assert list(found(watch)) == []


def test_an_object_that_could_not_be_removed_is_removed_later(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An accepted object whose removal the storage refused for a while leaves the inbox after a pause."""
    now = [0.0]
    assert isinstance(desk.inbox, BucketUrl)
    watch, beat = BucketWatcher(desk, desk.inbox, lambda: now[0]), Heartbeat(engine, ProcessKind.WATCHER)
    desk_bucket.put("in/box/a.txt", dispatch(1))

    def remove_refused(delivery: Delivery) -> None:
        desk_bucket.deny("s3:GetObject", "in/box/a.txt")
        remove(delivery)

    monkeypatch.setattr(feeder, "remove", remove_refused)
    feeder._cycle(desk, engine, watch, beat)
    assert scalar(engine, "SELECT count(*) FROM files") == 1
    assert list(found(watch)) == []  # it rests
    assert desk_bucket.keys("in/box") == ["in/box/a.txt"]
    desk_bucket.request("DELETE", "?policy")
    monkeypatch.setattr(feeder, "remove", remove)
    now[0] = 10.0
    feeder._cycle(desk, engine, watch, beat)
    assert desk_bucket.keys("in/box") == []
    assert scalar(engine, "SELECT count(*) FROM files") == 1


def test_a_large_object_is_accepted(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """An object larger than what is read at once reaches the archive whole."""
    content = (dispatch(1).encode() + b"\n") * 6000
    assert len(content) > 5_000_000
    desk_bucket.put("in/box/large.txt", content)
    [delivery] = accept_all(desk, engine, watch).deliveries
    assert delivery.sha256
    with archive.open_kept(desk, delivery.sha256, delivery.path) as kept:
        assert kept.read() == content


def test_a_listing_continues_after_a_key_that_is_refused(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, watch: InboxWatch
) -> None:
    """Objects behind a key with a line break are accepted, the key is reported, and nothing is removed."""
    desk_bucket.put("in/box/b\nroken.txt", dispatch(1))
    desk_bucket.put("in/box/c.txt", dispatch(2))
    assert [Path(file.path.decode()).name for file in found(watch)] == ["c.txt"]
    assert "1 objects of the inbox can't be read or removed, the first: b\\x0aroken.txt." in watch.failures()
    desk_bucket.delete("in/box/b\nroken.txt")
    assert len(list(found(watch))) == 1
    assert watch.failures() == ""


def test_a_listing_without_new_objects_is_read_bit_by_bit(
    desk: Settings, desk_bucket: BucketOfTest, watch: InboxWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a listing has only objects that stay in the inbox, the watcher returns to its loop and shows progress."""
    for number in range(7):
        desk_bucket.put(f"in/box/{number}.txt", "kept in the inbox")
    for file in list(found(watch)):
        watch.tracker.ignore_until_changed(file)
    desk_bucket.put("in/box/new.txt", "new")
    pages: list[None] = []
    monkeypatch.setattr(objects, "PAGE_OBJECTS", 1)
    monkeypatch.setattr(bucket_watcher, "_FRUITLESS_PAGES", 3)
    monkeypatch.setattr(bucket_watcher, "progress", lambda: pages.append(None))
    assert [watch.has_settled_files() for _ in range(3)] == [False, False, True]
    assert len(pages) == 8
    assert [Path(file.path.decode()).name for file in watch.next_files(9)] == ["new.txt"]


@pytest.mark.slow
def test_a_long_listing_is_read_in_pages(desk: Settings, desk_bucket: BucketOfTest, watch: InboxWatch) -> None:
    """A listing of several pages yields each object once, in batches of any size, while objects are removed."""
    keys = [f"in/box/{number:04}.txt" for number in range(2100)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: desk_bucket.put(key, b"x"), keys))
    seen: list[str] = []
    assert watch.has_settled_files()
    while files := watch.next_files(400):
        seen += [file.path.decode().partition(f"{desk_bucket.name}/")[2] for file in files]
        desk_bucket.delete(seen[-1])
    assert seen == keys


def test_the_check_tries_the_bucket(
    desk: Settings, engine: Engine, desk_bucket: BucketOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`check` writes, lists and deletes an object, and reports a storage that does not answer."""
    assert check(desk) == []
    assert desk_bucket.keys() == []
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    opened.cache_clear()
    assert f"The inbox: The bucket {desk.inbox} can't be used now (generic: no answer)." in check(desk)
    opened.cache_clear()
