"""Workers of two versions on one queue and one database, while files arrive: upgrade part by part, and back again."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, create_engine, text

from tests.acceptance.next_version import CLEANER, DEBRIS, FINGERPRINT, MESSAGES, next_version
from tests.acceptance.processes import PATIENCE_SECONDS, Installation, left_behind, start, until
from tests.dispatches import copy_of, dispatch
from tests.harm.oracle import Deliveries, compare, unfinished
from worker import clean, embedded, fingerprint

pytestmark = [pytest.mark.slow, pytest.mark.waits]

#: Small messages, so that both workers get some, and quick sweeps.
QUICK = {"COPYDESK_SETTLE_SECONDS": "0.2", "COPYDESK_SWEEP_SECONDS": "0.5", "COPYDESK_BATCH_FILES": "5"}
#: Half of 256 bits: SimHashes that have nothing to do with each other differ in about as many.
UNRELATED_BITS = 128


@dataclass
class Fleet:
    """The parts of a service, each of which is replaced by one of another version while the others go on."""

    data: Path
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def put(self, name: str, version: Installation) -> None:
        """Run ``copydesk NAME`` of a version, after the part of this name has stopped; digits tell workers apart."""
        self.stop(name)
        command = name.rstrip("0123456789")
        more = ["--concurrency", "1"] if command == "worker" else []
        self.parts[name] = start(version, command, *more, log=self.data / f"{name}.test.log")

    def stop(self, name: str) -> None:
        """Stop a part as an operator does."""
        if part := self.parts.pop(name, None):
            part.send_signal(signal.SIGTERM)
            assert part.wait(PATIENCE_SECONDS) == 0


@contextmanager
def service(old: Installation) -> Iterator[tuple[Fleet, Engine, Any]]:
    """Yield an empty service without parts, its database and its queue; stop all parts afterwards."""
    fleet = Fleet(old.data)
    with embedded.servers(old.data) as servers, redis.Redis.from_url(servers.redis_url) as queue:
        old.run("migrate")
        engine = create_engine(servers.database_url)
        try:
            yield fleet, engine, queue
            for name in list(fleet.parts):
                fleet.stop(name)
        finally:
            engine.dispose()
            for part in fleet.parts.values():
                part.kill()
                part.wait()
    assert left_behind(old) == []


def done(desk: Installation) -> None:
    """Wait until every delivered file has its outcome."""
    until(lambda: not unfinished(desk), "every file has its outcome", 300)


def copies(deliveries: Deliveries, edition: int) -> None:
    """Deliver one more copy of every dispatch so far."""
    for number in sorted(set(deliveries.sent.values())):
        name = f"{number:05}-{edition}.txt"
        deliveries.desk.drop(name, copy_of(number, edition, deliveries.words))
        deliveries.sent[name] = number


def versions(engine: Engine) -> dict[tuple[int, int], int]:
    """Return the number of articles by the versions of cleaner and fingerprint."""
    statement = "SELECT cleaner_version, fingerprint_version, count(*) FROM articles GROUP BY 1, 2"
    return {(row[0], row[1]): row[2] for row in query(engine, statement)}


def query(engine: Engine, statement: str) -> list[Any]:
    """Return the rows of a statement."""
    with engine.connect() as connection:
        return list(connection.execute(text(statement)))


def with_debris(engine: Engine) -> int:
    """Return the number of articles with the line that only the later cleaner takes for debris."""
    return sum(DEBRIS in row.text for row in query(engine, "SELECT text FROM articles"))


def assert_comparisons_are_right(engine: Engine) -> None:
    """Check that no article was joined by a distance between SimHashes of two versions, whose bits are opposite."""
    distances = query(engine, "SELECT (evidence->>'distance')::int FROM links WHERE same = 1 AND evidence ? 'distance'")
    assert distances
    assert max(distances)[0] < UNRELATED_BITS


def assert_in_order(version: Installation, deliveries: Deliveries) -> None:
    """Check tables, bytes and stories: nothing lost, nothing twice, one story per dispatch."""
    assert version.json("check", "--deep") == {"ok": True, "problems": []}
    assert compare(version, deliveries).clean


NOW, NEXT = (clean.VERSION, fingerprint.VERSION), (clean.VERSION + 1, fingerprint.VERSION + 1)


def test_upgrade_part_by_part_and_back(tmp_path: Path) -> None:
    """With another fingerprint and cleaner no file is lost or twice, and `reprocess` makes all of one version."""
    old = Installation(tmp_path / "desk", QUICK)
    new = Installation(tmp_path / "desk", QUICK | next_version(tmp_path / "next", [*FINGERPRINT, *CLEANER]))
    deliveries = Deliveries(old)
    note = "90000-0.txt"
    with service(old) as (fleet, engine, _):
        for part in ("watch", "scheduler", "worker1"):
            fleet.put(part, old)
        old.drop(note, f"{dispatch(90_000, deliveries.words)}\n{DEBRIS}\n")
        deliveries.send(10)
        done(old)
        assert versions(engine) == {NOW: 41}

        new.run("migrate")
        fleet.put("worker2", new)
        edition = deliveries.copies
        while versions(engine).get(NEXT, 0) < 10 or versions(engine)[NOW] < 61:
            deliveries.send(3)
            copies(deliveries, edition)
            done(old)
            edition += 1
        for part in ("worker1", "watch", "scheduler"):
            copies(deliveries, edition)
            fleet.put(part, new)
            edition += 1
        done(new)
        deliveries.sent[note] = 90_000
        assert_comparisons_are_right(engine)
        assert compare(new, deliveries).mixed_stories == 0

        new.run("reprocess")
        assert versions(engine) == {NEXT: len(deliveries.sent)}
        assert_in_order(new, deliveries)
        assert with_debris(engine) == 0

        for part in ("worker2", "worker1", "scheduler", "watch"):
            fleet.put(part, old)
            deliveries.send(2)
        done(old)
        assert_comparisons_are_right(engine)
        old.run("reprocess")
        assert versions(engine) == {NOW: len(deliveries.sent)}
        assert_in_order(old, deliveries)
        assert with_debris(engine) == 1


def test_messages_of_another_version_are_not_lost(tmp_path: Path) -> None:
    """Workers set aside the messages of the other version, and the files of these messages are processed."""
    old = Installation(tmp_path / "desk", QUICK)
    new = Installation(tmp_path / "desk", QUICK | next_version(tmp_path / "next", MESSAGES))
    deliveries = Deliveries(old)
    with service(old) as (fleet, _, queue):

        def set_aside() -> int:
            return int(queue.llen("copydesk.unreadable"))

        fleet.put("watch", old)
        fleet.put("scheduler", old)
        fleet.put("worker1", new)
        deliveries.send(5)
        until(lambda: set_aside() >= 4, "messages of the old watcher are set aside")
        fleet.put("scheduler", new)
        done(new)

        fleet.put("watch", new)
        fleet.put("worker2", old)
        before = set_aside()
        while set_aside() == before:
            deliveries.send(5)
            done(new)
        fleet.stop("worker2")
        assert_in_order(new, deliveries)
