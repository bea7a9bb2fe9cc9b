"""Two hosts watch one bucket, three work, one is cut off at a time: every file once, one story per dispatch."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.acceptance.processes import BucketInstallation, until
from tests.harm.hosts import SERVERS, Host, bridge, host
from tests.harm.network import own_network
from tests.harm.oracle import Deliveries, judge, open_files, unfinished
from tests.harm.proxy import Proxy
from tests.storage_server import StorageServer, running_storage
from worker import embedded
from worker.embedded import postgres
from worker.embedded.folder import Folder

pytestmark = [pytest.mark.harm, pytest.mark.waits]

QUICK = {"COPYDESK_SWEEP_SECONDS": "1", "COPYDESK_SCAN_SECONDS": "0.5", "COPYDESK_CONCURRENCY": "1"}
WATCHERS, WORKERS = 2, 3


@dataclass
class Newsroom:
    """The hosts, and an installation whose commands see what they share."""

    desk: BucketInstallation
    watchers: list[Host]
    workers: list[Host]


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newsroom]:
    """Yield running hosts; all that they share are the three servers behind one address."""
    monkeypatch.setitem(postgres.SETTINGS, "listen_addresses", SERVERS)
    pytest.importorskip("obstore", reason="obstore is not installed: pip install '.[object-storage]'")
    with ExitStack() as stack:
        stack.enter_context(own_network())
        stack.enter_context(bridge())
        (tmp_path / "storage").mkdir()
        storage = stack.enter_context(running_storage(tmp_path / "storage"))
        servers = stack.enter_context(embedded.servers(tmp_path / "servers"))
        admit_hosts(Folder.of(tmp_path / "servers").path)
        variables = QUICK | behind_the_bridge(stack, servers, storage)
        desk = BucketInstallation(tmp_path / "desk", variables, bucket=storage.bucket("newsroom"))
        desk.json("migrate")
        hosts = [
            stack.enter_context(host(number, tmp_path / "desk" / "hosts", desk.variables))
            for number in range(WATCHERS + WORKERS)
        ]
        watchers, workers = hosts[:WATCHERS], hosts[WATCHERS:]
        for part, where in (("watch", watchers), ("worker", workers), ("scheduler", watchers)):
            for one in where:
                stack.enter_context(one.running(part))
        yield Newsroom(desk, watchers, workers)


def admit_hosts(folder: Path) -> None:
    """Let Postgres accept the hosts over TCP: a session of a host that is cut off must end by keepalive alone."""
    with (folder / "postgres" / "pg_hba.conf").open("a", encoding="ascii") as rules:
        rules.write(f"host all all {SERVERS}/24 scram-sha-256\n")
    os.kill(int((folder / "postgres.pid").read_text("ascii")), signal.SIGHUP)  # reads the rules again


def behind_the_bridge(stack: ExitStack, servers: embedded.Servers, storage: StorageServer) -> dict[str, str]:
    """Return the addresses of the servers for the hosts."""
    database, queue, objects = make_url(servers.database_url), make_url(servers.redis_url), make_url(storage.endpoint)
    redis = stack.enter_context(closing(Proxy((str(queue.host), int(queue.port or 0)), SERVERS)))
    bucket = stack.enter_context(closing(Proxy((str(objects.host), int(objects.port or 0)), SERVERS)))
    return storage.environment | {
        "DATABASE_URL": database.set(host=SERVERS, port=5432, query={}).render_as_string(hide_password=False),
        "REDIS_URL": queue.set(host=SERVERS, port=redis.port).render_as_string(hide_password=False),
        "AWS_ENDPOINT_URL": f"http://{SERVERS}:{bucket.port}",
    }


def test_hosts_are_cut_off_and_come_back(newsroom: Newsroom) -> None:
    """A working and a watching host lose their network while files arrive, and get it back: lost 0, twice 0."""
    desk, deliveries = newsroom.desk, Deliveries(newsroom.desk)
    deliveries.send(20)
    until(lambda: unfinished(desk) < 40, "the hosts work", 240)
    for victim in (newsroom.workers[0], newsroom.watchers[0]):
        deliveries.send(30)
        until(lambda: "processing" in open_files(desk).values(), "files are being processed")
        victim.cut()
        deliveries.send(10)
        until(lambda: not unfinished(desk), "the other hosts finish all files", 240)
        victim.reconnect()
    deliveries.send(10)
    result = judge(desk, deliveries, 240)
    print(f"\n{result}")  # noqa: T201
    assert result.clean
    until(lambda: desk.json("status", code=None)["processes"]["worker"] == WORKERS, "all workers are back")
