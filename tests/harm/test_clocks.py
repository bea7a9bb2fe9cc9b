"""The clock of the machine or of one worker jumps by a day: no lease, message or file depends on it."""

import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis

from tests.acceptance.processes import Installation, running, until
from tests.harm.clock import Clock
from tests.harm.oracle import Deliveries, judge, status
from worker import embedded
from worker.embedded import postgres, valkey

pytestmark = [pytest.mark.harm, pytest.mark.waits]

QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}
#: Days from the true time: a day later, back, a day earlier, a day later, a day earlier, back.
STEPS = (1, 0, -1, 1, -1, 0)


def test_the_machines_clock_jumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All clocks jump while files arrive and the queue is emptied: processing continues at once."""
    clock = Clock(tmp_path / "clock")
    for server in (postgres, valkey):
        for name, value in clock.variables.items():
            monkeypatch.setitem(server.ENVIRONMENT, name, value)
    desk = Installation(tmp_path / "desk", QUICK | clock.variables)
    deliveries = Deliveries(desk)

    def both_off(days: int) -> bool:
        return days_off(servers) == {days}

    with embedded.servers(desk.data) as servers, running(desk, "up"):
        until(lambda: status(desk)["ok"], "the service is up", 120)
        for days in STEPS:
            deliveries.send(25)
            time.sleep(0.8)
            clock.set(days)
            deliveries.send(10)
            until(partial(both_off, days), "both servers see another day", 30)
            with redis.Redis.from_url(servers.redis_url) as client:
                client.flushall()
        result = judge(desk, deliveries, 240)
        until(lambda: status(desk)["ok"], "status sees all parts", 90)
    print(f"\n{result} steps={len(STEPS)}")  # noqa: T201
    assert result.clean


def days_off(servers: embedded.Servers) -> set[int]:
    """Return by how many days the clocks of the two servers differ from the true time."""
    with (
        redis.Redis.from_url(servers.redis_url) as client,
        psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection,
    ):
        [now] = connection.execute("SELECT extract(epoch FROM now())::float").fetchone() or [0.0]
        return {round((seconds - time.time()) / 86_400) for seconds in (now, client.time()[0])}


def test_workers_with_different_days(tmp_path: Path) -> None:
    """One of three workers is a day ahead and one a day behind: they share the work, and all count as alive."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), ExitStack() as parts:
        desk.json("migrate")
        for part in ("watch", "scheduler"):
            parts.enter_context(running(desk, part))
        for days in (0, 1, -1):
            clock = Clock(tmp_path / f"clock{days}")
            clock.set(days)
            skewed = Installation(desk.data, QUICK | clock.variables)
            parts.enter_context(running(skewed, "worker", "--concurrency", "1"))
        until(lambda: status(desk)["processes"]["worker"] == 3, "all three workers are seen")
        for _ in range(4):
            deliveries.send(40)
            time.sleep(1.0)
        result = judge(desk, deliveries, 240)
    print(f"\n{result}")  # noqa: T201
    assert result.clean
