"""Several workers on one queue, as ``--scale worker=3`` or hosts that share a Redis have them."""

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


def test_idle_workers_all_give_signs_of_life(tmp_path: Path) -> None:
    """Of workers with nothing to do none falls silent beside the others, which would make it count as dead."""
    desk = Installation(tmp_path / "desk")
    with embedded.servers(desk.data) as servers, ExitStack() as stack:
        desk.run("migrate")
        for _ in range(WORKERS):
            stack.enter_context(running(desk, "worker", "--concurrency", "1"))
        engine = create_engine(servers.database_url)
        stack.callback(engine.dispose)
        last: dict[str, object] = {}
        signs: Counter[str] = Counter()

        def one_gave_enough() -> bool:
            with engine.connect() as connection:
                seen = dict(connection.execute(select(heartbeats.c.process, heartbeats.c.seen_at)).all())
            signs.update(process for process, at in seen.items() if last.get(process) != at)
            last.update(seen)
            return len(seen) == WORKERS and max(signs.values()) >= SIGNS

        until(one_gave_enough, "a worker gives signs of life")
    assert min(signs.values()) >= SIGNS / 2, signs
