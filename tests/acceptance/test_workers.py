"""Several workers on one queue, as with ``--scale worker=3`` or several hosts that share a Redis."""

from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from tests.acceptance.processes import Installation, running, until
from worker import embedded
from worker.store.models import heartbeats

pytestmark = [pytest.mark.slow, pytest.mark.waits]

WORKERS, SIGNS = 3, 6


def test_all_idle_workers_send_heartbeats(tmp_path: Path) -> None:
    """No idle worker stops sending heartbeats because of the others, which would make it count as dead."""
    desk = Installation(tmp_path / "desk")
    with embedded.servers(desk.data) as servers, ExitStack() as stack:
        desk.run("migrate")
        for _ in range(WORKERS):
            stack.enter_context(running(desk, "worker", "--concurrency", "1"))
        engine = create_engine(servers.database_url)
        stack.callback(engine.dispose)
        last: dict[str, object] = {}
        signs: Counter[str] = Counter()

        def enough_heartbeats() -> bool:
            with engine.connect() as connection:
                seen = dict(connection.execute(select(heartbeats.c.process, heartbeats.c.seen_at)).all())
            signs.update(process for process, at in seen.items() if last.get(process) != at)
            last.update(seen)
            return len(seen) == WORKERS and max(signs.values()) >= SIGNS

        until(enough_heartbeats, "a worker sends heartbeats")
    assert min(signs.values()) >= SIGNS / 2, signs
