"""A running worker that meets malformed messages goes on, and reports them."""

from pathlib import Path

import pytest
import redis
from sqlalchemy import create_engine

from tests.acceptance.processes import Installation, running, until
from tests.dispatches import dispatch
from tests.malformed import malformed
from worker import embedded
from worker.store.locks import living_workers

pytestmark = pytest.mark.slow


def test_malformed_messages_stop_no_worker(tmp_path: Path) -> None:
    """Every malformed message is set aside by the one worker, which then processes a file that was behind them."""
    desk = Installation(tmp_path / "desk", {"COPYDESK_SWEEP_SECONDS": "1"})
    article = tmp_path / "article.txt"
    article.write_text(dispatch(1))
    messages = list(malformed())
    with embedded.servers(desk.data) as servers:
        desk.run("migrate")
        with redis.Redis.from_url(servers.redis_url) as client, running(desk, "worker", "--concurrency", "1") as worker:
            until(lambda: _lives(servers.database_url), "`ingest` sees the worker, and starts none of its own")
            client.lpush("copydesk", *messages)
            client.hset("unacked", "broken", b"{")
            client.zadd("unacked_index", {"broken": 1.0})
            done = desk.json("ingest", str(article))
            assert (done["articles"], done["quarantined"]) == (1, 0)
            count = len(messages) + 1
            until(lambda: int(client.get("copydesk.unreadable.count") or 0) == count, "all are set aside")
            assert worker.poll() is None
            assert client.llen("copydesk.unreadable") == min(count, 100)
            until(lambda: not client.hexists("unacked", "broken"), "it is no longer in work")
        log = (desk.data / "worker.test.log").read_text("utf-8")
    assert len([line for line in log.splitlines() if "a message can't be read" in line]) == count


def _lives(database_url: str) -> bool:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        living = bool(living_workers(connection))
    engine.dispose()
    return living
