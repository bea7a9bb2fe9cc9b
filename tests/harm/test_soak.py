"""Random faults of all kinds while files arrive: for 40 s, and in an hour with 50,000 files by `make soak`."""

import contextlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

from tests.acceptance.processes import Installation, running, until
from tests.harm.clock import Clock
from tests.harm.faults import OUTAGE_SECONDS, Faults
from tests.harm.oracle import Deliveries, compare, unfinished
from tests.harm.proxy import Proxy
from tests.harm.test_full_disks import small_disk
from tests.integration.mirror import Mirror, stored
from worker import embedded

pytestmark = [pytest.mark.harm, pytest.mark.waits]

#: How long faults strike. In 40 s there are about a dozen.
SECONDS = float(os.environ.get("SOAK_SECONDS", "40"))
#: Which faults are drawn, in which order.
SEED = int(os.environ.get("SOAK_SEED", "11"))
#: 50,000 files in an hour.
FILES_A_SECOND = 14
SETTINGS = {
    "COPYDESK_SETTLE_SECONDS": "0.2",
    "COPYDESK_SWEEP_SECONDS": "1",
    "COPYDESK_SCAN_SECONDS": "0.5",
    "COPYDESK_TASK_SECONDS": "20",
    "COPYDESK_CONCURRENCY": "2",
    # a file whose worker was killed this often is taken for the cause, and here workers are killed all the time
    "COPYDESK_MAX_ATTEMPTS": "50",
}


@pytest.fixture
def faults(tmp_path: Path) -> Iterator[Faults]:
    """Yield a service of two workers behind proxies, with a clock and a small disk where this machine allows them."""
    with ExitStack() as stack:
        servers = stack.enter_context(embedded.servers(tmp_path / "home"))
        database, queue = make_url(servers.database_url), make_url(servers.redis_url)
        postgres = stack.enter_context(contextlib.closing(Proxy(f"{database.query['host']}/.s.PGSQL.5432")))
        valkey = stack.enter_context(contextlib.closing(Proxy((str(queue.host), int(queue.port or 0)))))
        proxied = database.set(host="127.0.0.1", port=postgres.port, query={"sslmode": "disable"})
        urls = {
            "DATABASE_URL": proxied.render_as_string(hide_password=False),
            "REDIS_URL": queue.set(port=valkey.port).render_as_string(hide_password=False),
        }
        clock = None
        with contextlib.suppress(pytest.skip.Exception):
            clock = Clock(tmp_path / "clock")
        desk = Installation(tmp_path / "desk", SETTINGS | urls | (clock.variables if clock else {}))
        fill = None
        with contextlib.suppress(pytest.skip.Exception):
            fill = _filling(stack, desk.data / "archive")
        desk.json("migrate")
        stack.enter_context(running(desk, "up"))
        yield Faults(desk, servers, Installation(tmp_path / "home"), postgres, valkey, clock, fill, Random(SEED))


def _filling(stack: ExitStack, folder: Path) -> Callable[[], None] | None:
    """Mount a disk at a folder, if this user may; return what fills it for a while."""
    if os.geteuid() != 0:
        return None
    stack.enter_context(small_disk(folder, "600m"))

    def fill() -> None:
        ballast = folder / ".ballast"
        with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            free = os.statvfs(folder)
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize)
        time.sleep(OUTAGE_SECONDS)
        ballast.unlink()

    return fill


def test_random_faults(faults: Faults) -> None:
    """No file is lost or stored twice, stories hold their dispatch, a mirror equals the store, backups are whole."""
    desk, deliveries = faults.desk, Deliveries(faults.desk)
    engine = create_engine(faults.servers.database_url)
    mirror = Mirror(engine)
    started = time.monotonic()
    while (passed := time.monotonic() - started) < SECONDS:
        missing = int(passed * FILES_A_SECOND) - len(deliveries.sent)
        deliveries.send(max(missing, 40) // deliveries.copies)
        faults.strike()
        with contextlib.suppress(OperationalError):  # the server was killed
            mirror.catch_up()
    if faults.clock:
        faults.clock.set(0)
    until(lambda: not unfinished(desk), "every file has its outcome", 600)
    deliveries.send(1)
    until(lambda: not unfinished(desk), "a new file is processed", 60)
    result = compare(desk, deliveries)
    print(f"\n{result}\n{faults.done}, {len(faults.corrected)} corrected, {len(faults.backups)} backups")  # noqa: T201
    assert (result.lost, result.twice, result.quarantined) == (0, 0, 0)
    assert _wrong_stories(faults, deliveries) == []
    assert desk.json("check", "--deep", code=None)["problems"] == []
    assert mirror.catch_up() == stored(engine)
    engine.dispose()
    for backup in faults.backups[-3:]:
        _restore(backup)


def _wrong_stories(faults: Faults, deliveries: Deliveries) -> list[set[str]]:
    """Return the stories that hold another set of files than one dispatch, of dispatches that no person corrected."""
    corrected = {deliveries.sent[name] for name in faults.corrected}
    stories: dict[int, set[str]] = defaultdict(set)
    for row in map(json.loads, faults.desk.run("export", "articles", "--format", "jsonl").splitlines()):
        stories[row["story_id"]].add(Path(row["source_path"]).name)
    expected: dict[int, set[str]] = defaultdict(set)
    for name, dispatch in deliveries.sent.items():
        expected[dispatch].add(name)
    right = [names for dispatch, names in expected.items() if dispatch not in corrected]
    found = list(stories.values())
    return [names for names in right if names not in found]


def _restore(backup: Path) -> None:
    """Restore a backup that was made under faults into an empty installation; what it holds is whole."""
    desk = Installation(backup.with_suffix(""), SETTINGS)
    with embedded.servers(desk.data):
        desk.json("restore", str(backup))
        assert desk.json("check", "--deep", code=None)["problems"] == []
