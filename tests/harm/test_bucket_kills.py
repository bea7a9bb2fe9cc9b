"""A service on a bucket loses processes, servers and the storage in turn while files arrive: every file once."""

import itertools
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest

from tests.acceptance.processes import BucketInstallation, running, until
from tests.harm.oracle import Deliveries, judge, main_workers
from tests.harm.proxy import Mode, Proxy
from tests.harm.test_kills import QUICK, VICTIMS, worker_children
from tests.storage_server import StorageServer
from worker import embedded

pytestmark = pytest.mark.harm

#: One round for each victim and each outage: 12 rounds of 30 dispatches with 4 copies each, 1,440 files.
DISPATCHES_A_ROUND = 30
#: How long the storage is away: its clients try again for 20 s, so this is noticed by some requests only, while
#: `test_the_storage_is_away_for_long` exceeds it.
OUTAGE_SECONDS = 5.0
LONG_SECONDS = 45.0
#: A service of several processes starts this slowly on a machine with a load of 20.
START_SECONDS = 300.0


@pytest.fixture
def proxy(storage: StorageServer) -> Iterator[Proxy]:
    """Yield a proxy in front of the storage."""
    host, _, port = storage.endpoint.rpartition("/")[2].partition(":")
    with closing(Proxy((host, int(port)))) as proxy:
        yield proxy


@pytest.fixture
def desk(storage: StorageServer, proxy: Proxy, tmp_path: Path) -> BucketInstallation:
    """Return an installation on an empty bucket behind the proxy."""
    behind = storage.environment | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{proxy.port}"}
    return BucketInstallation(tmp_path / "desk", QUICK | behind, bucket=storage.bucket(f"kills-{uuid4().hex[:12]}"))


def outage(proxy: Proxy, mode: Mode, seconds: float = OUTAGE_SECONDS) -> bool:
    """Let the storage refuse or be silent for a while; its connections then end."""
    proxy.set(mode)
    time.sleep(seconds)
    proxy.set("refuse")
    proxy.set("pass")
    return True


def test_everything_is_killed_in_turn(desk: BucketInstallation, proxy: Proxy) -> None:
    """Processes and servers are killed and the storage is cut, refuses or is silent: lost 0, twice 0."""
    deliveries = Deliveries(desk)
    outages: dict[str, Callable[[BucketInstallation], bool]] = {
        "storage cut": lambda _: outage(proxy, "refuse", 0.0),
        "storage refuses": lambda _: outage(proxy, "refuse"),
        "storage is silent": lambda _: outage(proxy, "silent"),
    }
    random.seed(20)
    strikes = 0
    with embedded.servers(desk.data), running(desk, "up"):
        until(lambda: worker_children(desk), "workers run", START_SECONDS)
        for strike in itertools.chain(VICTIMS.values(), outages.values()):
            deliveries.send(DISPATCHES_A_ROUND)
            time.sleep(random.uniform(0.2, 1.5))
            strikes += strike(desk)
        result = judge(desk, deliveries, 300)
    print(f"\n{result} strikes={strikes}")  # noqa: T201
    assert result.clean
    assert strikes >= len(VICTIMS)


@pytest.mark.waits
@pytest.mark.parametrize("mode", ["refuse", "silent"])
def test_the_storage_is_away_for_long(desk: BucketInstallation, proxy: Proxy, mode: Mode) -> None:
    """Files wait while the storage is away for longer than any request is tried, and work resumes by itself."""
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data), running(desk, "up"):
        until(lambda: worker_children(desk), "workers run", START_SECONDS)
        deliveries.send(20)
        time.sleep(1.0)
        outage(proxy, mode, LONG_SECONDS)
        deliveries.send(10)
        result = judge(desk, deliveries, 300)
    assert result.clean


def test_two_services_on_one_bucket(desk: BucketInstallation, tmp_path: Path) -> None:
    """Two services share bucket, database and queue: every object is accepted and processed once."""
    deliveries = Deliveries(desk)
    with embedded.servers(desk.data) as servers:
        shared = {"DATABASE_URL": servers.database_url, "REDIS_URL": servers.redis_url}
        other = BucketInstallation(tmp_path / "other", {**desk.environment, **shared}, bucket=desk.bucket)
        with running(desk, "up"), running(other, "up"):
            until(lambda: len(main_workers(desk)) + len(main_workers(other)) == 2, "both services run", START_SECONDS)
            for _ in range(5):
                deliveries.send(30)
                time.sleep(0.7)
            result = judge(desk, deliveries, 300)
    assert result.clean
