"""Kill every process repeatedly while files arrive: nothing is lost and nothing is processed twice."""

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

#: 20 rounds of 63 dispatches with 4 copies each: 5,040 files.
ROUNDS, DISPATCHES_A_ROUND = 20, 63
QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5"}


def worker_children(desk: Installation) -> list[int]:
    """Return the pool processes of the workers."""
    mains = main_workers(desk)
    return [pid for pid in processes(desk, "worker") if parent(pid) in mains]


def flush(desk: Installation) -> bool:
    """Delete everything in Redis."""
    try:
        queue = embedded.start(desk.data, needed=("valkey",)).redis_url
        with redis.Redis.from_url(queue, socket_timeout=5) as client:
            client.flushall()
    except (redis.RedisError, RetryError):  # it was killed before and has not restarted yet
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
    """Twenty rounds over all processes while 5,000 files arrive: every file once, one story per dispatch."""
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
        result = judge(desk, deliveries)
        print(f"\n{result} kills={dict(kills)} seconds={time.monotonic() - started:.0f}")  # noqa: T201
    assert result.clean
    assert kills.total() >= ROUNDS
    assert len(kills) == len(VICTIMS)


def test_a_killed_workers_children_end_with_it(tmp_path: Path) -> None:
    """No pool process outlives its worker: it would keep files that it can't finish."""
    desk = Installation(tmp_path / "desk", QUICK | {"COPYDESK_CONCURRENCY": "2"})
    with embedded.servers(desk.data), running(desk, "up"):
        children = until(lambda: len(pids := worker_children(desk)) == 2 and pids, "both workers run")
        assert kill(main_workers(desk))
        until(lambda: not set(children) & set(left_behind(desk)), "the children end", 10)
        until(lambda: worker_children(desk), "the worker is started again", 30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_files_of_a_stopped_worker_continue_in_half_a_minute(tmp_path: Path, number: signal.Signals) -> None:
    """A terminated worker finishes its files, so none is tried twice; those of a killed one go to other workers."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"):
        workers = until(lambda: main_workers(desk), "workers run")
        deliveries.send(60)
        held = until(
            lambda: {file for file, state in open_files(desk).items() if state == "processing"},
            "files are being processed",
        )
        assert kill(workers, number)
        killed = time.monotonic()
        until(lambda: held - open_files(desk).keys(), "one of its files is finished", 30)
        print(f"\n{number.name}: {len(held)} files held, the first done {time.monotonic() - killed:.1f} s later")  # noqa: T201
        assert judge(desk, deliveries).clean
        assert main_workers(desk) != workers
        attempts = {row["attempts"] for row in desk.json("files")}
    assert attempts == {1} if number == signal.SIGTERM else attempts <= {1, 2}


def test_a_killed_service_continues_after_a_restart(tmp_path: Path) -> None:
    """`up` itself is killed while it processes files: its children end, and the next start finishes all files."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with running(desk, "up") as service:
        until(lambda: worker_children(desk), "workers run")
        deliveries.send(60)
        time.sleep(1.0)
        service.kill()
        until(lambda: not left_behind(desk), "its parts and servers end", 60)
    with running(desk, "up"):
        result = judge(desk, deliveries)
    assert result.clean


def test_two_services_on_one_inbox(tmp_path: Path) -> None:
    """Two services share inbox, database and queue: every file is processed once, and one scheduler sweeps."""
    desk = Installation(tmp_path / "desk", QUICK)
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data) as servers:
        shared = {f"COPYDESK_{name.upper()}": str(desk.data / name) for name in ("inbox", "archive", "quarantine")}
        shared |= {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
    other = Installation(tmp_path / "other", {**QUICK, **shared})
    with embedded.servers(desk.data), running(desk, "up"), running(other, "up"):
        until(lambda: len(main_workers(desk)) == 2, "both services run")
        for _ in range(5):
            deliveries.send(40)
            time.sleep(0.7)
        result = judge(desk, deliveries)
    assert result.clean


def test_messages_twice_and_in_any_order(tmp_path: Path) -> None:
    """Every message is delivered five times in random order: each file becomes one article."""
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
            result = judge(desk, deliveries)
    assert result.clean
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


def test_a_file_that_kills_its_worker_affects_no_other(tmp_path: Path) -> None:
    """A file that ends its worker each time is tried alone up to the limit; its batch is processed."""
    desk = Installation(tmp_path / "desk", QUICK | {"COPYDESK_MAX_ATTEMPTS": "3"})
    deliveries = Deliveries(desk)
    deliveries.send(12)
    desk.drop("poison.txt", "This text ends the worker that reads it.\n")
    with embedded.servers(desk.data) as servers:
        urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        desk.json("migrate")
        with (
            running(desk, "watch"),
            running(desk, "scheduler"),
            (tmp_path / "worker.log").open("ab") as log,
            subprocess.Popen(
                [sys.executable, "-c", POISONED, "worker", "--concurrency", "2"],
                env=desk.variables | urls | {"PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            ) as worker,
        ):
            try:
                until(lambda: len(list(desk.json("files", "--state", "done"))) == 48, "the others are done")
                [poison] = until(lambda: desk.json("files", "--state", "quarantined"), "the poison is quarantined")
            finally:
                worker.terminate()
    assert poison["attempts"] == 3
    assert poison["reason"].startswith("The worker was ended 3 times while it held this file")


def test_a_frozen_worker_loses_no_file(tmp_path: Path) -> None:
    """A stopped process reaches its limits or continues later; no file is lost."""
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
        result = judge(desk, deliveries)
    assert result.clean


def test_commands_report_a_missing_server(tmp_path: Path) -> None:
    """Without Postgres commands say so in a sentence, without a traceback, and exit with code 1."""
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
