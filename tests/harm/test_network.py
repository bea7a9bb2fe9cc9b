"""Servers refuse connections or fall silent: files wait, and processing continues afterwards."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from sqlalchemy import make_url

from tests.acceptance.processes import ROOT, Installation, running, until
from tests.harm.oracle import Deliveries, judge, main_workers, parent, processes, status, unfinished
from tests.harm.proxy import Proxy
from worker import embedded
from worker.queue.watchdog import STALL_SECONDS

pytestmark = [pytest.mark.harm, pytest.mark.waits]

#: How long a server can't be reached. OUTAGE_SECONDS=600 tests the ten minutes that the docs promise.
OUTAGE_SECONDS = float(os.environ.get("OUTAGE_SECONDS", "15"))

QUICK = {
    "COPYDESK_SETTLE_SECONDS": "0.2",
    "COPYDESK_SWEEP_SECONDS": "1",
    "COPYDESK_SCAN_SECONDS": "0.5",
    "COPYDESK_TASK_SECONDS": "10",
}


@dataclass
class Between:
    """An installation that reaches each server through a proxy."""

    desk: Installation
    postgres: Proxy
    valkey: Proxy
    redis_url: str  # without the proxy


@pytest.fixture
def between(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Between]:
    """Yield a running service with a proxy in front of each server; a parameter sets further variables."""
    with embedded.servers(tmp_path / "servers") as servers:
        database, queue = make_url(servers.database_url), make_url(servers.redis_url)
        postgres = Proxy(f"{database.query['host']}/.s.PGSQL.5432")
        valkey = Proxy((str(queue.host), int(queue.port or 0)))
        proxied = database.set(host="127.0.0.1", port=postgres.port, query={"sslmode": "disable"})
        desk = Installation(
            tmp_path / "desk",
            QUICK
            | getattr(request, "param", {})
            | {
                "DATABASE_URL": proxied.render_as_string(hide_password=False),
                "REDIS_URL": queue.set(port=valkey.port).render_as_string(hide_password=False),
            },
        )
        desk.json("migrate")
        with running(desk, "up"):
            yield Between(desk, postgres, valkey, servers.redis_url)
        postgres.close()
        valkey.close()


@pytest.mark.parametrize("which", ["postgres", "valkey", "both"])
def test_a_server_refuses_for_a_while(between: Between, which: str) -> None:
    """A server refuses connections: status reports it, files wait, and processing continues when it is back."""
    deliveries = Deliveries(between.desk)
    deliveries.send(30)
    proxies = {"postgres": [between.postgres], "valkey": [between.valkey]}.get(
        which, [between.postgres, between.valkey]
    )
    for proxy in proxies:
        proxy.set("refuse")
    deliveries.send(30)
    time.sleep(OUTAGE_SECONDS)
    done = subprocess.run(
        [sys.executable, "-m", "worker", "status"],
        env=between.desk.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert re.search(r"does not answer|can't be reached", done.stdout + done.stderr)
    for proxy in proxies:
        proxy.set("pass")
    assert judge(between.desk, deliveries, 60).clean


def test_connections_are_cut_again_and_again(between: Between) -> None:
    """All connections are cut every half second while files arrive: nothing is lost, and no worker is restarted."""
    workers = until(lambda: main_workers(between.desk), "workers run")
    deliveries = Deliveries(between.desk)
    for _ in range(12):
        deliveries.send(15)
        time.sleep(0.5)
        between.postgres.cut()
        between.valkey.cut()
    cut = time.monotonic()
    assert judge(between.desk, deliveries, 90).clean
    time.sleep(max(cut + STALL_SECONDS + 5 - time.monotonic(), 0))  # a watchdog without ticks would end its worker
    assert main_workers(between.desk) == workers


@pytest.mark.parametrize("which", ["valkey", "postgres"])
def test_a_server_falls_silent(between: Between, which: str) -> None:
    """Connections stay open without data: blocked processes are ended, and processing continues."""
    deliveries = Deliveries(between.desk)
    deliveries.send(20)
    until(lambda: unfinished(between.desk) < 80, "work has begun")
    proxy = between.valkey if which == "valkey" else between.postgres
    proxy.set("silent")
    deliveries.send(20)
    time.sleep(5)
    proxy.set("pass")
    assert judge(between.desk, deliveries, 150).clean


@pytest.mark.parametrize("between", [{"COPYDESK_CONCURRENCY": "1"}], indirect=True)
def test_redis_is_gone_when_a_batch_ends(between: Between) -> None:
    """The batch can't be acknowledged: the same worker takes messages again when Redis is back."""
    desk = between.desk
    until(lambda: status(desk)["ok"], "the service is up")
    [worker] = main_workers(desk)
    [child] = [pid for pid in processes(desk, "worker") if parent(pid) == worker]
    os.kill(child, signal.SIGSTOP)
    deliveries = Deliveries(desk)
    deliveries.send(5)
    with redis.Redis.from_url(between.redis_url) as client:
        until(lambda: client.hlen("unacked"), "the child has a message")
    between.valkey.set("refuse")
    os.kill(child, signal.SIGCONT)
    until(lambda: "Couldn't ack" in (desk.data / "up.test.log").read_text("utf-8"), "the batch ends")
    between.valkey.set("pass")
    assert judge(desk, deliveries, 30).clean
    assert main_workers(desk) == [worker]


def test_a_stalled_process_is_ended() -> None:
    """Without progress the process exits with code 1; with progress it continues."""
    program = (
        "import time; from worker.process import stall_guard\n"
        "with stall_guard.exit_on_stall(1.0):\n"
        "    for _ in range(12): time.sleep(0.2); stall_guard.progress()\n"
        "time.sleep(2.0)\n"
        "print('went on', flush=True)\n"
        "with stall_guard.exit_on_stall(1.0): time.sleep(30)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=25, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith("went on\n")
