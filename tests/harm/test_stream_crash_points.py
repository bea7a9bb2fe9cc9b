"""A crash before and after each step of a message's acceptance: the next reader accepts it exactly once."""

import json
import threading
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.harm.test_crash_points import crash, points
from tests.integration.delivery import rows, run
from worker import archive
from worker.archive import folder
from worker.inbox import posted, redis_stream
from worker.inbox.redis_stream import RedisStream
from worker.inbox.stream_feeder import StreamFeeder
from worker.operations.audit import contradictions
from worker.queue import sweeper
from worker.settings import Settings
from worker.settings.streams import StreamUrl
from worker.store import ledger
from worker.store.session import engine as make_engine

pytestmark = [pytest.mark.harm, pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")]

MESSAGES = 6
#: The steps from the stream to the queue, in order: module or class, and function.
STEPS: list[tuple[Any, str]] = [
    (RedisStream, "read"),
    (RedisStream, "take"),
    (archive, "store_bytes"),
    (folder, "store_blocks"),
    (ledger, "claim"),
    (ledger, "known"),
    (archive, "exists"),
    (posted, "enqueue"),
    (archive, "quarantine"),
    (RedisStream, "acknowledge"),
]


def read(settings: Settings, url: str) -> None:
    """Accept all messages, as `copydesk stream` does."""
    engine, source = make_engine(settings), RedisStream(StreamUrl(url, "articles", "copydesk"), "")
    feeder, going_on = StreamFeeder(settings, engine, source), threading.Event()
    feeder.step(going_on)
    while source.lag():
        feeder.step(going_on)
    source.close()
    engine.dispose()


def groups(client: Redis) -> list[Any]:
    """Return the groups that read the stream."""
    found: Any = client.xinfo_groups("articles")
    return list(found)


@pytest.mark.parametrize(("module", "name", "when"), points(STEPS))
def test_a_crash_of_the_reader_costs_nothing(
    settings: Settings,
    engine: Engine,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    when: str,
) -> None:
    """Each message has one row, its bytes are kept, it is acknowledged, and the sweeper finds it if need be."""
    monkeypatch.setattr(redis_stream, "ABANDONED_SECONDS", 0)
    monkeypatch.setattr(redis_stream, "_WAIT_MS", 50)
    with Redis.from_url(redis_url) as client:
        for number in range(MESSAGES):
            fields = {"article": json.dumps({"text": dispatch(number)})} if number else {"text": "no article"}
            client.xadd("articles", fields)
        if name == "take":  # a reader has crashed before
            client.xgroup_create("articles", "copydesk", id="0")
            client.xreadgroup("copydesk", "dead", {"articles": ">"}, count=4)
        # the first read creates the group
        assert crash(lambda: read(settings, redis_url), module, name, when, skip=int(name == "read"))
        read(settings, redis_url)
        [group] = groups(client)
        assert (group["pending"], group["lag"]) == (0, 0)
        client.flushdb()  # Copydesk's own messages are lost too
    assert [row.state for row in rows(engine, "SELECT state FROM files ORDER BY path")] == [
        "quarantined",
        *["waiting"] * (MESSAGES - 1),
    ]
    assert len(list(settings.archive_folder.rglob("*.json"))) >= MESSAGES - 1
    run(engine, "UPDATE files SET enqueued_at = now() - interval '10 min' WHERE state = 'waiting'")
    assert sweeper.sweep(settings, engine) == MESSAGES - 1
    assert list(contradictions(settings, engine)) == []
