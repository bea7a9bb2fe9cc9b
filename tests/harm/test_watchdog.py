"""The watchdog ends a worker that no longer takes messages, and no worker that does right."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from sqlalchemy import NullPool, create_engine, make_url

from tests.acceptance.processes import PATIENCE_SECONDS, ROOT, Installation, running, until
from tests.dispatches import dispatch
from tests.harm.oracle import Deliveries, judge, main_workers, status
from tests.harm.proxy import Proxy
from worker import embedded
from worker.queue.messages import send
from worker.settings import load
from worker.store.locks import living_workers

pytestmark = [pytest.mark.harm, pytest.mark.waits]

#: In one process of the worker, kombu no longer asks Redis for messages from the moment that the file is there.
DEAF = """
import os, sys
if sys.orig_argv[-1] == "worker" and "DEAF" in os.environ:
    from kombu.transport.redis import MultiChannelPoller
    register, deaf = MultiChannelPoller._register_BRPOP, []
    def register_unless_deaf(self, channel):
        if os.path.exists(os.environ["DEAF"]):
            os.unlink(os.environ["DEAF"])
            deaf.append(True)
        if not deaf:
            register(self, channel)
    MultiChannelPoller._register_BRPOP = register_unless_deaf
"""
#: A worker whose watchdog is quick, and that tries to reach Redis more often than that.
QUICK_WORKER = """
from worker.process import log
from worker.queue import transport, watchdog, worker
from worker.settings import load
watchdog.STALL_SECONDS, watchdog.SILENT_SECONDS = 6, 6
transport._RETRY_SECONDS = 2
settings = load()
log.configure(settings)
worker.run(settings, 1)
"""
#: Longer than that watchdog waits, with the time between two looks.
LONG = 14.0


def test_a_worker_that_does_not_ask_is_replaced(tmp_path: Path) -> None:
    """The loop of a worker runs, but it takes no messages: it is replaced, and the files are processed."""
    (tmp_path / "sitecustomize.py").write_text(DEAF)
    flag = tmp_path / "deaf"
    desk = Installation(
        tmp_path / "desk",
        {"PYTHONPATH": f"{tmp_path}:{ROOT}", "DEAF": str(flag), "COPYDESK_SWEEP_SECONDS": "1"},
    )
    with running(desk, "up"):
        until(lambda: status(desk)["ok"], "the service is up", 180)
        [before] = main_workers(desk)
        flag.touch()
        until(lambda: not flag.exists(), "the worker no longer asks")
        deliveries = Deliveries(desk)
        deliveries.send(5)
        assert judge(desk, deliveries).clean
        [after] = main_workers(desk)
    assert after != before
    assert "has not asked for messages" in (desk.data / "up.test.log").read_text("utf-8")


@dataclass
class Watched:
    """A worker with a quick watchdog, its installation, and the proxy through which it reaches Redis."""

    desk: Installation
    process: subprocess.Popen[bytes]
    valkey: Proxy
    article: Path

    @contextmanager
    def long_batch(self) -> Iterator[None]:
        """Let the only child have a message and stand still inside the block."""
        [child] = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii").split()
        os.kill(int(child), signal.SIGSTOP)
        send(load(redis_url=self.desk.variables["REDIS_URL"]), [[1]])
        with redis.Redis.from_url(self.desk.variables["REDIS_URL"]) as client:
            until(lambda: client.hlen("unacked"), "the child has a message")
        yield
        os.kill(int(child), signal.SIGCONT)

    def works(self) -> bool:
        """Whether the worker still runs and processes an article."""
        return self.desk.json("ingest", str(self.article))["articles"] == 1 and self.process.poll() is None


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Yield a worker with a quick watchdog that has already processed an article."""
    with embedded.servers(tmp_path / "servers") as servers, ExitStack() as stack:
        queue = make_url(servers.redis_url)
        valkey = stack.enter_context(closing(Proxy((str(queue.host), int(queue.port or 0)))))
        proxied = queue.set(port=valkey.port).render_as_string(hide_password=False)
        urls = {"DATABASE_URL": servers.database_url, "REDIS_URL": proxied, "COPYDESK_SWEEP_SECONDS": "1"}
        desk = Installation(tmp_path / "desk", urls)
        desk.json("migrate")
        stack.enter_context(running(desk, "scheduler"))
        process = subprocess.Popen([sys.executable, "-P", "-c", QUICK_WORKER], env=desk.variables)
        stack.callback(process.wait, PATIENCE_SECONDS)
        stack.callback(process.terminate)
        article = tmp_path / "article.txt"
        watched = Watched(desk, process, valkey, article)
        article.write_text(dispatch(1))
        until(lambda: _living_workers(servers.database_url), "the worker runs, so that `ingest` starts none")
        assert watched.works()
        yield watched


def _living_workers(database_url: str) -> int:
    """Return the number of worker processes."""
    with closing(create_engine(database_url, poolclass=NullPool).connect()) as connection:
        return living_workers(connection)


def test_a_worker_waits_for_redis(watched: Watched) -> None:
    """Redis refuses for long: the worker is not ended, and processes the next file."""
    watched.valkey.set("refuse")
    time.sleep(LONG)
    watched.valkey.set("pass")
    watched.article.write_text(dispatch(2))
    assert watched.works()


def test_a_worker_waits_for_its_child(watched: Watched) -> None:
    """The only child works for long: its worker asks for no message, and is not ended."""
    with watched.long_batch():
        time.sleep(LONG)
    watched.article.write_text(dispatch(3))
    assert watched.works()


def test_a_worker_is_paused(watched: Watched) -> None:
    """The whole worker is paused for long, as by a suspended machine: it is not ended when it goes on."""
    os.kill(watched.process.pid, signal.SIGSTOP)
    time.sleep(LONG)
    os.kill(watched.process.pid, signal.SIGCONT)
    watched.article.write_text(dispatch(4))
    assert watched.works()


def test_a_worker_stops_while_its_child_works(watched: Watched) -> None:
    """The worker is asked to stop while its child works for long: it waits for the child, and exits with 0."""
    with watched.long_batch():
        watched.process.terminate()
        time.sleep(LONG)
        assert watched.process.poll() is None
    assert watched.process.wait(PATIENCE_SECONDS) == 0
