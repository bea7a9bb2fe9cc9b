"""The reader of a stream and the stream's server are killed while messages arrive: each is one article."""

import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis

from tests.acceptance.processes import Installation, running, until
from tests.harm.oracle import Deliveries, judge, kill, processes, status
from worker import embedded
from worker.embedded.folder import Folder

pytestmark = pytest.mark.harm

STREAM, GROUP = "articles", "copydesk"
ROUNDS, DISPATCHES_A_ROUND = 6, 15


@dataclass
class StreamInstallation(Installation):
    """An installation that reads a stream, to which files are sent instead of the inbox."""

    url: str = field(kw_only=True)

    def drop(self, name: str, content: str | bytes) -> Path:
        """Send a message, as a producer does that goes on until the server has answered."""
        until(lambda: self._added(name, content), "the stream takes a message")
        return Path(name)

    def _added(self, name: str, content: str | bytes) -> bool:
        with suppress(redis.RedisError), self._client() as client:
            # a producer that has no answer sends again, but must not have a message twice: it looks first
            sent = client.get(f"sent:{name}")
            if sent is None:
                pipe = client.pipeline()  # a transaction: both or none
                pipe.xadd(STREAM, {"file": content, "name": name}).set(f"sent:{name}", uuid4().hex)
                pipe.execute()
            return True
        return False

    def undelivered(self) -> int:
        """Return the number of messages that are not acknowledged; 1 while the server does not answer."""
        with suppress(redis.RedisError), self._client() as client:
            groups: Any = client.xinfo_groups(STREAM)
            return sum(group["lag"] + group["pending"] for group in groups) if groups else 1
        return 1

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[StreamInstallation]:
    """Yield a running service that reads a stream of a server of its own."""
    with embedded.servers(tmp_path / "queue", needed=("valkey",)) as servers:
        password = tmp_path / "password"
        password.write_text(Folder.of(tmp_path / "queue").password("valkey"))
        address = servers.redis_url.replace(f":{password.read_text()}@", "")
        environment = {
            "COPYDESK_STREAM": f"{address}?stream={STREAM}",
            "COPYDESK_STREAM_PASSWORD_FILE": str(password),
            "COPYDESK_SWEEP_SECONDS": "1",
            "COPYDESK_SCAN_SECONDS": "0.5",
        }
        installation = StreamInstallation(tmp_path / "desk", environment, url=servers.redis_url)
        with embedded.servers(installation.data), running(installation, "up"):
            yield installation


def test_reader_and_server_are_killed(desk: StreamInstallation, tmp_path: Path) -> None:
    """Killed in turn while messages arrive, neither loses nor doubles one; the status says what waits."""
    random.seed(3)
    deliveries, kills = Deliveries(desk), 0
    until(lambda: status(desk).get("processes", {}).get("stream"), "the reader runs")
    for number in range(ROUNDS):
        deliveries.send(DISPATCHES_A_ROUND)
        time.sleep(random.uniform(0.0, 0.5))
        if number % 2:
            server = int((tmp_path / "queue" / "servers" / "valkey.pid").read_text("ascii"))
            kills += kill([server])
        else:
            kills += kill(processes(desk, "stream"))
    started = time.monotonic()
    result = judge(desk, deliveries)
    print(f"\n{result} kills={kills} seconds={time.monotonic() - started:.0f}")  # noqa: T201
    assert result.clean
    assert kills >= ROUNDS - 1
    assert until(lambda: status(desk)["stream_lag"] == 0, "nothing waits")
    [reader] = until(lambda: processes(desk, "stream"), "the reader runs")
    assert kill([reader], signal.SIGTERM)
    until(lambda: reader not in processes(desk, "stream"), "it stops", 10)
