"""kill -9 of everything, again and again, while copies arrive back to back: nothing is lost and nothing is twice."""

import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from tests.acceptance.processes import ROOT, Installation, left_behind, running, until
from tests.harm.oracle import Deliveries, judge, kill, main_workers, open_files, parent, processes, server
from worker import embedded
from worker.errors import RetryError

pytestmark = pytest.mark.harm

#: 20 rounds of 63 dispatches in 4 copies: 5,040 files.
ROUNDS, DISPATCHES_A_ROUND = 20, 63
QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}


def worker_children(desk: Installation) -> list[int]:
    """Return the worker's pool processes."""
    mains = main_workers(desk)
    return [pid for pid in processes(desk, "worker") if parent(pid) in mains]


def flush(desk: Installation) -> bool:
    """Empty the queue with all that Redis knows."""
    try:
        queue = embedded.start(desk.data, needed=("valkey",)).redis_url
        with redis.Redis.from_url(queue, socket_timeout=5) as client:
            client.flushall()
    except (redis.RedisError, RetryError):  # or it was struck a moment ago and had not come up again
        return False
    return True


VICTIMS: dict[str, Callable[[Installation], bool]] = {
    "a pool process": lambda desk: kill(worker_children(desk)),
    "the worker": lambda desk: kill(main_workers(desk)),
    "the watcher": lambda desk: kill(processes(desk, "watch")),
    "the scheduler": lambda desk: kill(processes(desk, "scheduler")),
    "Postgres (immediate stop)": lambda desk: kill([server(desk, "postgres")], signal.SIGQUIT),
    "Postgres (kill -9)": lambda desk: kill([server(desk, "postgres")]),
    "Valkey": lambda desk: kill([server(desk, "valkey")]),
    "FLUSHALL": flush,
}


def test_everything_is_killed_in_turn(tmp_path: Path) -> None:
    """Twenty rounds over all parts while 5,000 files arrive: each file once, each dispatch one story."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    kills: Counter[str] = Counter()
    random.seed(5)
    with embedded.servers(desk.data), running(desk, "up"):
        until(lambda: len(worker_children(desk)) >= 1, "workers run")
        started = time.monotonic()
        for _, (name, strike) in zip(range(ROUNDS), itertools.cycle(VICTIMS.items()), strict=False):
            deliveries.send(DISPATCHES_A_ROUND)
            time.sleep(random.uniform(0.2, 1.5))
            for _ in range(2):
                kills[name] += strike(desk)
                time.sleep(random.uniform(0.1, 0.8))
        found = judge(desk, deliveries)
        print(f"\n{found} kills={dict(kills)} seconds={time.monotonic() - started:.0f}")  # noqa: T201
    assert found.clean
    assert kills.total() >= ROUNDS
    assert len(kills) == len(VICTIMS)


def test_a_killed_workers_children_end_with_it(tmp_path: Path) -> None:
    """No pool process outlives its worker, for it would keep files that it can't finish."""
    desk = Installation(tmp_path / "desk", QUICK | {"COPYDESK_CONCURRENCY": "2"})
    with embedded.servers(desk.data), running(desk, "up"):
        children = until(lambda: len(pids := worker_children(desk)) == 2 and pids, "both workers run")
        assert kill(main_workers(desk))
        until(lambda: not set(children) & set(left_behind(desk)), "the children end", 10)
        until(lambda: worker_children(desk), "the worker is started again", 30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_what_a_worker_held_goes_on_in_half_a_minute(tmp_path: Path, number: signal.Signals) -> None:
    """Told to stop, it finishes what it holds, so that nothing is tried twice; killed, others take that up."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"):
        workers = until(lambda: main_workers(desk), "workers run")
        deliveries.send(60)
        held = until(
            lambda: {file for file, state in open_files(desk).items() if state == "processing"}, "work goes on"
        )
        assert kill(workers, number)
        struck = time.monotonic()
        until(lambda: held - open_files(desk).keys(), "what it held is finished or taken up again", 30)
        print(f"\n{number.name}: {len(held)} files held, the first done {time.monotonic() - struck:.1f} s later")  # noqa: T201
        assert judge(desk, deliveries).clean
        assert main_workers(desk) != workers
        attempts = {row["attempts"] for row in desk.json("files")}
    assert attempts == {1} if number == signal.SIGTERM else attempts <= {1, 2}


def test_a_killed_service_is_taken_up_where_it_was(tmp_path: Path) -> None:
    """`up` itself is killed with files in hand: its parts end, and the next start finishes everything."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with running(desk, "up") as service:
        until(lambda: worker_children(desk), "workers run")
        deliveries.send(60)
        time.sleep(1.0)
        service.kill()
        until(lambda: not left_behind(desk), "its parts and servers end", 60)
    with running(desk, "up"):
        found = judge(desk, deliveries)
    assert found.clean


def test_two_services_on_one_inbox(tmp_path: Path) -> None:
    """Two whole services share inbox, database and queue: every file once, one of them leads the sweeping."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"), running(desk, "up"):
        until(lambda: len(main_workers(desk)) == 2, "both services run")
        for _ in range(5):
            deliveries.send(40)
            time.sleep(0.7)
        found = judge(desk, deliveries)
    assert found.clean


def test_messages_twice_and_in_any_order(tmp_path: Path) -> None:
    """Every message five times and shuffled: one article a file."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data) as servers, redis.Redis.from_url(servers.redis_url) as client:
        desk.json("migrate")
        with running(desk, "watch"):
            deliveries.send(200)
            until(lambda: not any(desk.inbox.glob("*.txt")), "all are enqueued")
        messages = client.lrange("copydesk", 0, -1) * 4
        random.Random(3).shuffle(messages)
        client.rpush("copydesk", *messages)
        with running(desk, "up"):
            found = judge(desk, deliveries)
    assert found.clean
    assert len(messages) >= 4 * 8


POISONED = """
import os, signal, sys
from worker.pipeline import batch
real = batch.prepare
def prepare(settings, job, *more):
    if b"poison" in job.path:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(settings, job, *more)
batch.prepare = prepare
from worker.cli import main
main()
"""


def test_a_file_that_kills_its_worker_costs_no_other(tmp_path: Path) -> None:
    """A file that ends its worker each time is tried a bounded number of times alone; its batch goes on."""
    desk = Installation(tmp_path / "desk", QUICK | {"COPYDESK_MAX_ATTEMPTS": "3"})
    deliveries = Deliveries(desk)
    deliveries.send(12)
    desk.drop("poison.txt", "This text ends whoever reads it.\n")
    with embedded.servers(desk.data) as servers:
        urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        desk.json("migrate")
        with (
            running(desk, "watch"),
            running(desk, "scheduler"),
            (tmp_path / "worker.log").open("ab") as told,
            subprocess.Popen(
                [sys.executable, "-c", POISONED, "worker", "--concurrency", "2"],
                env=desk.variables | urls | {"PYTHONPATH": str(ROOT)},
                stdout=told,
                stderr=told,
                start_new_session=True,
            ) as worker,
        ):
            try:
                until(lambda: len(list(desk.json("files", "--state", "done"))) == 48, "the others are done")
                [poison] = until(lambda: desk.json("files", "--state", "quarantined"), "the poison is given up")
            finally:
                worker.terminate()
    assert poison["attempts"] == 3
    assert poison["reason"].startswith("The worker was ended 3 times while it held this file")


def test_a_frozen_worker_is_overtaken(tmp_path: Path) -> None:
    """A worker that stands still (a stopped process) is ended by its limits or waited for; no file is lost."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"):
        until(lambda: worker_children(desk), "workers run")
        deliveries.send(40)
        time.sleep(0.6)
        frozen = main_workers(desk)
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(5)
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        found = judge(desk, deliveries)
    assert found.clean


def test_status_tells_of_a_dead_part(tmp_path: Path) -> None:
    """With Postgres gone commands say so in a sentence and exit 1, and no traceback is shown."""
    desk = Installation(
        tmp_path / "desk", {"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c", "REDIS_URL": "redis://127.0.0.1:1/0"}
    )
    for command in (["status"], ["files"], ["check", "--json"], ["status", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "worker", *command], env=desk.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert re.search(r"(database|Postgres) .*(can't be reached|does not answer)", done.stderr + done.stdout)
        assert "--json" not in command or not json.loads(done.stdout)["ok"]
