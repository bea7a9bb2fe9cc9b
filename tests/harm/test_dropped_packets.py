"""Packets to a server are dropped: the half-open connections for which TCP_USER_TIMEOUT is set."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.acceptance.processes import Installation, running, until
from tests.harm.network import dropped, own_network
from tests.harm.oracle import Deliveries, judge, status, unfinished
from worker import embedded
from worker.embedded import postgres

pytestmark = [pytest.mark.harm, pytest.mark.waits]

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}
#: Longer than TCP_USER_TIMEOUT and keepalive, 20 to 25 s: every open connection ends.
LONG = 26
#: Shorter than that: connections survive, and data arrives late.
SHORT = 5


@dataclass
class Wired:
    """A running service whose servers are reached over TCP, and their ports."""

    desk: Installation
    ports: dict[str, int]


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wired]:
    """Yield a service in a separate network with both servers on ports; there 5432 is always free."""
    monkeypatch.setitem(postgres.SETTINGS, "listen_addresses", "127.0.0.1")
    with own_network(), embedded.servers(tmp_path / "servers") as servers:
        database = make_url(servers.database_url).set(host="127.0.0.1", port=5432, query={})
        queue = make_url(servers.redis_url)
        desk = Installation(
            tmp_path / "desk",
            QUICK
            | {
                "DATABASE_URL": database.render_as_string(hide_password=False),
                "REDIS_URL": servers.redis_url,
            },
        )
        desk.json("migrate")
        with running(desk, "up"):
            yield Wired(desk, {"Postgres": 5432, "Redis": int(queue.port or 0)})


@contextmanager
def cut(wired: Wired, names: Sequence[str], *, answers_only: bool = False) -> Iterator[None]:
    """Drop the packets to the named servers inside the block."""
    with ExitStack() as rules:
        for name in names:
            rules.enter_context(dropped(wired.ports[name], answers_only=answers_only))
        yield


def test_packets_are_dropped_for_long(wired: Wired) -> None:
    """First to each server, then only the answers of both: half-open connections end, and processing continues."""
    deliveries = Deliveries(wired.desk)
    for names, answers_only in ((["Postgres"], False), (["Redis"], False), (["Postgres", "Redis"], True)):
        deliveries.send(20)
        until(lambda: unfinished(wired.desk) < 60, "work has begun")
        with cut(wired, names, answers_only=answers_only):
            deliveries.send(20)
            time.sleep(LONG)
            assert unfinished(wired.desk)
            assert not status(wired.desk)["ok"]
        healed = time.monotonic()
        until(lambda: not unfinished(wired.desk), "processing continues", 60)
        print(f"\n{names}: {time.monotonic() - healed:.1f} s until all were processed")  # noqa: T201
    result = judge(wired.desk, deliveries, 60)
    print(result)  # noqa: T201
    assert result.clean


def test_packets_are_dropped_briefly(wired: Wired) -> None:
    """Several times, each shorter than any timeout: nothing ends, nothing is lost or processed twice."""
    deliveries = Deliveries(wired.desk)
    for names in (["Postgres"], ["Redis"], ["Postgres", "Redis"]):
        deliveries.send(20)
        until(lambda: unfinished(wired.desk) < 80, "work has begun")
        with cut(wired, names):
            deliveries.send(10)
            time.sleep(SHORT)
    result = judge(wired.desk, deliveries, 60)
    print(result)  # noqa: T201
    assert result.clean
