"""A stream as a source: messages are accepted in order and once each, and bad ones hold up no others."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import rows, run, scalar
from tests.integration.web.desk import process_all
from worker import archive
from worker.article import ProcessKind
from worker.errors import RetryError
from worker.inbox import message_content, redis_stream, stream_feeder
from worker.inbox.message_source import SourceError, SourceMessage
from worker.inbox.redis_stream import RedisStream
from worker.inbox.stream_feeder import StreamFeeder
from worker.operations.audit import contradictions
from worker.operations.health import status
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.settings.streams import StreamUrl

STREAM, GROUP = "desk:articles", "copydesk"
Fields = dict[Any, Any]


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """Yield a producer's connection to the server."""
    with Redis.from_url(redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def connect(redis_url: str) -> Iterator[Callable[[], RedisStream]]:
    """Return a function that makes another reader of the stream."""
    made: list[RedisStream] = []

    def reader() -> RedisStream:
        made.append(RedisStream(StreamUrl(redis_url, STREAM, GROUP), ""))
        return made[-1]

    yield reader
    for source in made:
        source._client.close()


@pytest.fixture
def source(connect: Callable[[], RedisStream]) -> RedisStream:
    """Return a reader of the stream."""
    return connect()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let messages count as abandoned at once."""
    monkeypatch.setattr(redis_stream, "ABANDONED_SECONDS", 0)


@pytest.fixture(autouse=True)
def wait_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a read wait for less than a second."""
    monkeypatch.setattr(redis_stream, "_WAIT_MS", 50)


def add(redis: Redis, fields: Fields, message_id: str = "*") -> str:
    """Send a message; return its id."""
    return str(redis.xadd(STREAM, fields, message_id))


def article(number: int) -> Fields:
    """Return the fields of a message with an article."""
    return {"article": json.dumps({"text": dispatch(number), "title": f"Report {number}"})}


def read_all(settings: Settings, engine: Engine, source: RedisStream) -> None:
    """Accept all messages that wait, as `copydesk stream` does."""
    feeder, going_on = StreamFeeder(settings, engine, source), threading.Event()
    feeder.step(going_on)  # creates the group if there is none
    while source.lag():
        assert feeder.step(going_on)


def held(redis: Redis) -> list[int]:
    """Return how many messages each consumer of the group holds."""
    consumers: Any = redis.xinfo_consumers(STREAM, GROUP)
    return [consumer["pending"] for consumer in consumers]


def paths(engine: Engine) -> list[str]:
    """Return the paths of the ledger in the order of their ids."""
    return [bytes(row.path).decode() for row in rows(engine, "SELECT path FROM files ORDER BY id")]


def test_messages_go_the_way_of_files(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream, processor: BatchProcessor
) -> None:
    """An article and a file of any format become articles; their bytes are kept as they were sent."""
    first = add(redis, article(1) | {"trace": "ignored"})
    second = add(redis, {"file": f"<html><body><p>{dispatch(2)}</p></body></html>", "name": "../pages/two.html"})
    third = add(redis, {"file": dispatch(3).encode()})
    read_all(settings, engine, source)
    names = [f"{first}.json", f"{second}/two.html", third]
    assert paths(engine) == [f"stream/{STREAM}/{name}" for name in names]
    process_all(engine, processor)
    assert scalar(engine, "SELECT count(*) FROM articles") == 3
    assert scalar(engine, "SELECT title FROM articles WHERE id = 1") == "Report 1"
    [kept] = settings.archive_folder.rglob("*.json")
    assert kept.read_text() == article(1)["article"]
    assert source.lag() == 0
    assert list(contradictions(settings, engine)) == []


def test_messages_are_accepted_in_the_order_of_the_stream(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream
) -> None:
    """Ids of the ledger rise with the ids of messages, whose numbers are not padded."""
    sent = [add(redis, article(number), f"{1 + number // 12}-{number % 12}") for number in range(36)]
    read_all(settings, engine, source)
    assert paths(engine) == [f"stream/{STREAM}/{message}.json" for message in sent]


def test_a_message_that_comes_again_is_the_same_delivery(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream
) -> None:
    """A group that starts again from the first message delivers all of them again, and no row is added."""
    for number in range(3):
        add(redis, article(number))
    read_all(settings, engine, source)
    redis.xgroup_setid(STREAM, GROUP, "0")
    read_all(settings, engine, source)
    assert scalar(engine, "SELECT count(*) FROM files") == 3


@pytest.mark.usefixtures("at_once")
def test_messages_of_a_dead_reader_are_taken_over(
    settings: Settings, engine: Engine, redis: Redis, connect: Callable[[], RedisStream]
) -> None:
    """What another reader read and did not acknowledge is accepted by this one, each message once."""
    sent = [add(redis, article(number)) for number in range(5)]
    dead = connect()
    dead.read(1)  # creates the group
    assert len(dead.read(3)) == 3
    read_all(settings, engine, connect())
    assert sorted(paths(engine)) == sorted(f"stream/{STREAM}/{message}.json" for message in sent)


def test_messages_of_a_slow_reader_are_left_to_it(
    settings: Settings, engine: Engine, redis: Redis, connect: Callable[[], RedisStream]
) -> None:
    """A message that was read a moment ago is not taken over."""
    add(redis, article(1))
    slow = connect()
    slow.read(1)
    slow.read(1)
    StreamFeeder(settings, engine, connect()).step(threading.Event())
    assert paths(engine) == []
    assert slow.lag() == 1


@pytest.mark.usefixtures("at_once")
def test_two_readers_take_a_message_over_once(
    redis: Redis, connect: Callable[[], RedisStream], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the first of two claims succeeds while the message is not abandoned again."""
    message = add(redis, article(1))
    dead, first, second = connect(), connect(), connect()
    dead.read(1)
    dead.read(1)
    assert [one.id for one in second.abandoned()] == [message]
    assert first.take(message)
    monkeypatch.setattr(redis_stream, "ABANDONED_SECONDS", 1000)
    assert second.take(message) is None


BAD: list[tuple[Fields, str]] = [
    ({"artcle": "{}", "x": "y"}, "neither a field article nor a field file, but artcle, x. Send the field article"),
    ({"article": "{}", "file": "x"}, "has both fields article and file. Send the field article"),
    ({b"\xff\n": b"\xfe\x00"}, r"but \xff\x0a. Send"),
    ({"article": "x" * 200_001}, "has 200,001 bytes; the limit is 200,000. It is in the stream"),
    ({"note": "x" * 200_001}, "bytes; the limit is 200,000. It is in the stream"),
]


def test_messages_that_cannot_be_used_are_set_aside(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream, processor: BatchProcessor
) -> None:
    """Each is acknowledged and in quarantine with a sentence, and its fields are kept; those after it are accepted."""
    bounded = settings.model_copy(update={"max_file_bytes": 200_000})
    for fields, _ in BAD:
        add(redis, fields)
    add(redis, article(1))
    read_all(bounded, engine, source)
    refused = rows(engine, "SELECT * FROM files WHERE state = 'quarantined' ORDER BY id")
    for row, (_, reason) in zip(refused, BAD, strict=True):
        assert reason in row.reason
    assert [row.sha256 is None for row in refused] == [False] * 3 + [True] * 2
    with archive.open_kept(settings, refused[0].sha256, refused[0].path) as kept:
        assert json.load(kept) == {"artcle": "{}", "x": "y"}
    assert refused[0].sha256.hex() in {path.stem for path in settings.quarantine.iterdir()}
    process_all(engine, processor)
    assert scalar(engine, "SELECT count(*) FROM articles") == 1
    assert source.lag() == 0
    assert list(contradictions(settings, engine)) == []


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '"text"', '{"text": 5}', "\x00"])
def test_an_article_that_is_none_is_quarantined_by_a_worker(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream, processor: BatchProcessor, content: str
) -> None:
    """Whatever is in the field, the message is accepted, and the format's reader says what is wrong."""
    add(redis, {"article": content})
    read_all(settings, engine, source)
    process_all(engine, processor)
    [row] = rows(engine, "SELECT state, reason FROM files")
    assert row.state == "quarantined"
    assert row.reason.endswith(".")


@pytest.mark.usefixtures("at_once")
def test_a_message_that_ends_its_readers_is_given_up(
    settings: Settings, engine: Engine, redis: Redis, connect: Callable[[], RedisStream]
) -> None:
    """It is taken over alone, and after as many deliveries as a file has attempts it is set aside unread."""
    poison = add(redis, article(1))
    for _ in range(2):
        connect().read(1)
    for _ in range(settings.max_attempts - 2):
        assert connect().take(poison)
    assert connect().abandoned() == [(poison, settings.max_attempts - 1)]
    assert connect().take(poison)
    add(redis, article(2))
    read_all(settings, engine, connect())
    given_up, good = rows(engine, "SELECT state, reason FROM files ORDER BY id")
    assert "was read 5 times, and each time the reader ended before it was accepted" in given_up.reason
    assert poison in given_up.reason
    assert (given_up.state, good.state) == ("quarantined", "waiting")


@pytest.mark.usefixtures("at_once")
def test_a_message_that_was_trimmed_is_reported(
    settings: Settings, engine: Engine, redis: Redis, connect: Callable[[], RedisStream]
) -> None:
    """A message that was read, not accepted, and then deleted by its producer has an outcome in the ledger."""
    trimmed = add(redis, article(1))
    dead = connect()
    dead.read(1)
    dead.read(1)
    redis.xtrim(STREAM, maxlen=0, approximate=False)
    read_all(settings, engine, connect())
    [row] = rows(engine, "SELECT path, reason FROM files")
    assert row.path.decode() == f"stream/{STREAM}/{trimmed}"
    assert "was removed from the stream before it could be read" in row.reason


def test_nothing_is_read_while_too_many_files_wait(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream, processor: BatchProcessor
) -> None:
    """No more messages are accepted than files may wait, and reading goes on as soon as workers have made room."""
    for number in range(9):
        add(redis, article(number))
    full = settings.model_copy(update={"max_waiting_files": 4})
    feeder, going_on = StreamFeeder(full, engine, source), threading.Event()
    while feeder.step(going_on):
        pass
    assert scalar(engine, "SELECT count(*) FROM files") == 4
    assert source.lag() == 5
    process_all(engine, processor)
    assert feeder.step(going_on)
    assert (source.lag() or 0) < 5


def test_large_messages_are_read_in_small_numbers(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of messages of a read doubles up to a limit, and falls when they are large."""
    monkeypatch.setattr(stream_feeder, "_MOST_BYTES", 100_000)
    asked: list[int] = []
    read = source.read

    def counted(limit: int) -> list[SourceMessage]:
        asked.append(limit)
        return read(limit)

    monkeypatch.setattr(source, "read", counted)
    for size in (*[100] * 15, *[40_000] * 20):
        add(redis, {"file": b"x" * size})
    read_all(settings, engine, source)
    assert asked[:6] == [1, 1, 2, 4, 8, 16]
    assert set(asked[6:]) == {2}


def test_what_an_outage_interrupts_is_continued(
    settings: Settings, engine: Engine, redis: Redis, source: RedisStream
) -> None:
    """Messages that could not be stored are kept and not read again; once they are stored, they are acknowledged."""
    add(redis, article(1))
    settings.archive_folder.parent.mkdir(parents=True)
    settings.archive_folder.write_text("in the way")
    feeder, going_on = StreamFeeder(settings, engine, source), threading.Event()
    feeder.step(going_on)
    for _ in range(3):
        with pytest.raises(Exception, match="archive"):
            feeder.step(going_on)
    assert (paths(engine), source.lag()) == ([], 1)
    settings.archive_folder.unlink()
    feeder.step(going_on)
    assert source.lag() == 0
    assert scalar(engine, "SELECT count(*) FROM files") == 1
    assert held(redis) == [0]


def test_an_outage_is_no_fault_of_a_message(
    settings: Settings, engine: Engine, redis: Redis, connect: Callable[[], RedisStream], at_once: None
) -> None:
    """A message is not given up, however often a reader takes it over and ends while the archive can't be written."""
    add(redis, article(1))
    connect().read(1)
    connect().read(1)
    settings.archive_folder.parent.mkdir(parents=True)
    settings.archive_folder.write_text("in the way")
    for _ in range(settings.max_attempts + 2):
        with pytest.raises(RetryError, match="archive"):
            StreamFeeder(settings, engine, connect()).step(threading.Event())
    settings.archive_folder.unlink()
    StreamFeeder(settings, engine, connect()).step(threading.Event())
    assert [row.state for row in rows(engine, "SELECT state FROM files")] == ["waiting"]
    assert held(redis)[-1] == 0


def test_a_key_that_is_no_stream_is_reported(redis: Redis, source: RedisStream) -> None:
    """The error names the stream and what the server says."""
    redis.set(STREAM, "text")
    with pytest.raises(SourceError, match=f"The stream {STREAM} can't be used .*WRONGTYPE"):
        source.read(1)


def test_the_status_shows_what_waits(
    settings: Settings, engine: Engine, redis: Redis, redis_url: str, connect: Callable[[], RedisStream]
) -> None:
    """The reader reports the messages that are not acknowledged, or what it waits for; without it, status says so."""
    reading = settings.model_copy(update={"stream": StreamUrl(redis_url, STREAM, GROUP)})
    assert "No stream runs. Start the service: copydesk up" in status(reading, engine).problems
    full = reading.model_copy(update={"max_waiting_files": 1, "scan_seconds": 0.05})
    for number in range(3):
        add(redis, article(number))
    stopping = threading.Event()
    running = threading.Thread(target=stream_feeder.run, args=(full, engine, connect(), stopping))
    running.start()
    try:
        wait_for(lambda: status(reading, engine).stream_lag == 2)
        shown = status(reading, engine)
        assert "stream       2 messages wait" in list(shown.lines())
        assert shown.processes[ProcessKind.STREAM] == 1
        redis.delete(STREAM)
        redis.set(STREAM, "text")
        run(engine, "DELETE FROM files")
        wait_for(lambda: any("WRONGTYPE" in problem for problem in status(reading, engine).problems))
    finally:
        stopping.set()
        running.join()
    assert status(reading, engine).processes[ProcessKind.STREAM] == 0


def wait_for(holds: Callable[[], bool]) -> None:
    """Ask until it holds, for half a minute at most."""
    waited = threading.Event()
    for _ in range(300):
        if holds():
            return
        waited.wait(0.1)
    raise AssertionError("not within 30 s")


def test_a_reader_leaves_the_group(redis: Redis, connect: Callable[[], RedisStream]) -> None:
    """One that holds nothing is removed; one that holds a message stays, because the message would be lost with it."""
    add(redis, article(1))
    holding, idle = connect(), connect()
    holding.read(1)
    holding.read(1)
    idle.read(1)
    for reader in (holding, idle):
        with closing(reader):
            pass
    assert held(redis) == [1]


def test_a_long_name_keeps_its_suffix(settings: Settings) -> None:
    """The last bytes of a file's name are kept, so that its format can be recognised by the suffix."""
    message = SourceMessage("1-1", {b"file": b"x", b"name": b"n" * 400 + b".txt"})
    path = message_content.content(settings, "s", message).delivery.path
    assert path == b"stream/s/1-1/" + b"n" * 251 + b".txt"
