"""From the inbox to the queue, and the sweeper: it recovers every lost file from the ledger."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import rows, run, scalar, states
from worker.errors import RetryError
from worker.inbox import feeder
from worker.operations import health
from worker.queue import sweeper
from worker.queue.app import get_app
from worker.queue.figures import queue_length
from worker.queue.messages import next_message_ids, ping_worker
from worker.queue.ping import own_queue
from worker.settings import Settings


@pytest.fixture
def queue(settings: Settings) -> Iterator[redis.Redis]:
    """Yield a client of the empty queue."""
    with redis.Redis.from_url(settings.redis_url) as client:
        yield client


def put(settings: Settings, count: int) -> list[bytes]:
    """Write files into the inbox; return their paths."""
    settings.inbox_folder.mkdir(parents=True, exist_ok=True)
    paths = [settings.inbox_folder / f"{number:03}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(dispatch(number, 24))
    return [os.fsencode(path) for path in paths]


def take_all(settings: Settings, queue: redis.Redis) -> list[list[int]]:
    """Pop every message as a worker would; return the ids in each."""
    messages = []
    while ids := next_message_ids(settings):
        messages.append(ids)
        queue.rpop("copydesk")
    return messages


def flatten(messages: list[list[int]]) -> list[int]:
    """Return the ids in all messages."""
    return [file for ids in messages for file in ids]


def test_accepted_files_are_in_the_queue(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """Files move from the inbox into archive, ledger and queue, in batches and in the order of their names."""
    paths = put(settings, 220)
    accepted = feeder.accept_files(settings, engine, paths, move=True)
    assert len(accepted.new) == 220
    assert not any(map(os.path.exists, paths))
    messages = take_all(settings, queue)
    assert [len(ids) for ids in messages] == [100, 100, 20]
    assert flatten(messages) == sorted(accepted.new.values())


def test_an_emptied_queue_is_filled_again(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """After FLUSHALL every waiting file is enqueued again, once it has waited long enough."""
    ids = sorted(feeder.accept_files(settings, engine, put(settings, 70), move=True).new.values())
    queue.flushdb()
    assert sweeper.sweep(settings, engine) == 0  # only just enqueued
    run(engine, "UPDATE files SET enqueued_at = now() - interval '11 s'")
    assert sweeper.sweep(settings, engine) == 70
    assert sweeper.sweep(settings, engine) == 0
    assert sorted(flatten(take_all(settings, queue))) == ids


def test_a_queued_file_is_not_sent_twice(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """Files may wait for hours in a long queue: while their message is in it they are not sent again."""
    feeder.accept_files(settings, engine, put(settings, 110), move=True)
    run(engine, "UPDATE files SET enqueued_at = now() - interval '2 h'")
    assert sweeper.sweep(settings, engine) == 0
    assert len(take_all(settings, queue)) == 2


def test_a_clock_that_was_set_back_hides_no_file(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """A message that was lost before the clock was set back by a day is sent again now, not a day later."""
    feeder.accept_files(settings, engine, put(settings, 60), move=True)
    queue.flushdb()
    run(engine, "UPDATE files SET enqueued_at = now() + interval '1 day'")
    assert sweeper.sweep(settings, engine) == 60
    assert sweeper.sweep(settings, engine) == 0


def test_a_heartbeat_from_the_future_does_not_count(settings: Settings, engine: Engine) -> None:
    """After the clock was set back an old heartbeat proves nothing; a living process writes another within seconds."""
    run(engine, "INSERT INTO heartbeats (process, kind, seen_at) VALUES ('w', 'watcher', now() + interval '1 day')")
    assert health.status(settings, engine).processes["watcher"] == 0
    run(engine, "UPDATE heartbeats SET seen_at = now()")
    assert health.status(settings, engine).processes["watcher"] == 1


def test_pings_do_not_pile_up(settings: Settings, queue: redis.Redis) -> None:
    """A worker that does not answer gets one ping, outside the queue of files, and the ping expires."""
    app, own = get_app(settings), own_queue()
    ping_worker(app, own)
    ping_worker(app, own)
    assert queue.llen(own.name) == 1
    ttl = queue.ttl(own.name)
    assert isinstance(ttl, int)
    assert ttl > 0
    assert queue_length(settings) == 0


def test_a_popped_and_lost_message_is_sent_again(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """A message of a worker that died as it popped it is sent again, even though the queue is long."""
    paths = put(settings, 150)
    for start in (0, 50, 100):
        feeder.accept_files(settings, engine, paths[start : start + 50], move=True)
        run(engine, "UPDATE files SET enqueued_at = enqueued_at - interval '15 s'")
    first = take_first(settings, queue)
    assert sweeper.sweep(settings, engine) == 50
    assert sorted(take_all(settings, queue)[-1]) == sorted(first)


def take_first(settings: Settings, queue: redis.Redis) -> list[int]:
    """Pop the next message and discard it; return its ids."""
    ids = next_message_ids(settings)
    queue.rpop("copydesk")
    assert ids
    return ids


def test_a_file_that_was_tried_gets_its_own_message(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """Files of a dead worker are enqueued one by one, new files in batches."""
    ids = sorted(feeder.accept_files(settings, engine, put(settings, 10), move=True).new.values())
    queue.flushdb()
    run(engine, "UPDATE files SET state = 'processing', holder = 2000000000, attempts = 1 WHERE id <= :id", id=ids[2])
    run(engine, "UPDATE files SET enqueued_at = NULL")
    assert sweeper.sweep(settings, engine) == 10
    assert sorted(map(len, take_all(settings, queue))) == [1, 1, 1, 7]
    assert set(states(engine).values()) == {"waiting"}


def test_a_file_without_attempts_left_is_quarantined(settings: Settings, engine: Engine) -> None:
    """A file that ended its worker too often is quarantined, with its name and the reason in a file next to it."""
    [path] = put(settings, 1)
    feeder.accept_files(settings, engine, [path], move=True)
    run(engine, "UPDATE files SET state = 'processing', holder = 2000000000, attempts = 5")
    sweeper.sweep(settings, engine)
    assert set(states(engine).values()) == {"quarantined"}
    [reason] = settings.quarantine.glob("*.reason.txt")
    assert "000.txt" in reason.read_text()
    assert "ended 5 times" in reason.read_text()
    assert len(list(settings.quarantine.glob("*.txt"))) == 2


def test_without_a_queue_files_wait_in_the_ledger(settings: Settings, engine: Engine) -> None:
    """Without Redis files are still accepted, nothing is lost, and status says what is wrong."""
    settings = settings.on_servers(settings.database_url, "redis://127.0.0.1:1/0")
    paths = put(settings, 3)
    feeder.accept_files(settings, engine, paths, move=True)
    assert not any(map(os.path.exists, paths))
    assert set(states(engine).values()) == {"waiting"}
    assert sweeper.sweep(settings, engine) == 0
    status = health.status(settings, engine)
    assert not status.ok
    assert any(problem.startswith("Redis does not answer") for problem in status.problems)


def test_a_full_archive_leaves_files_in_the_inbox(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the archive can't be written no file is accepted or removed; afterwards all are accepted."""
    paths = put(settings, 3)

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.link", full)
        patch.setattr("shutil.copyfileobj", full)
        with pytest.raises(RetryError, match="can't be written: No space left on device"):
            feeder.accept_files(settings, engine, paths, move=True)
    assert all(map(os.path.exists, paths))
    assert scalar(engine, "SELECT count(*) FROM files") == 0
    assert len(feeder.accept_files(settings, engine, paths, move=True).new) == 3


def test_a_file_that_cannot_be_removed_is_accepted_once(
    settings: Settings, engine: Engine, queue: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that can't be removed is accepted, reported, and known the next time; other files are not affected."""
    paths = put(settings, 3)
    real = os.unlink

    def refuse(path: bytes) -> None:
        if path == paths[1]:
            raise PermissionError(13, "Permission denied")
        real(path)

    monkeypatch.setattr(os, "unlink", refuse)
    assert feeder.accept_files(settings, engine, paths, move=True).not_removed == {paths[1]: "Permission denied"}
    assert len(flatten(take_all(settings, queue))) == 3
    assert feeder.accept_files(settings, engine, paths[1:2], move=True).new == {}
    assert rows(engine, "SELECT count(*) FROM files") == [(3,)]


def test_two_services_on_an_inbox_accept_each_file_once(settings: Settings, engine: Engine, queue: redis.Redis) -> None:
    """Two watchers accept each file once; a file that the other removed is not reported as vanished."""
    paths = put(settings, 200)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: feeder.accept_files(settings, engine, paths, move=True), range(2)))
    assert sum(len(accepted.new) for accepted in results) == 200
    assert rows(engine, "SELECT count(*), count(DISTINCT path) FROM files WHERE state = 'waiting'") == [(200, 200)]
    assert len(flatten(take_all(settings, queue))) == 200
