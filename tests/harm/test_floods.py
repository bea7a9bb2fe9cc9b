"""Floods of similar texts: thousands of copies of a dispatch, the same notice on every page."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.delivery import deliver, new_processor, rows, scalar
from worker.operations.audit import contradictions
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings

pytestmark = [pytest.mark.harm, pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")]

#: Copies of one dispatch; the cost per copy must stay flat. FLOOD_COPIES=50000 tests ten times as many.
COPIES, BATCH = int(os.environ.get("FLOOD_COPIES", "5000")), 50
#: The last copies may cost this many times as much as the first.
FLAT = 2.0


@pytest.fixture
def processor(settings: Settings) -> Iterator[BatchProcessor]:
    """Yield the processor of a worker."""
    with closing(new_processor(settings)) as processor:
        yield processor


def cpu_seconds(processor: BatchProcessor) -> float:
    """Return the CPU seconds that this process and the sessions of its database have used so far.

    CPU time, not elapsed time, because other programs run on this machine. A remote Postgres is not counted.
    """
    ticks = 0
    for row in rows(processor.engine, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"):
        with suppress(OSError):
            name, _, figures = Path(f"/proc/{row.pid}/stat").read_text("utf-8").rpartition(") ")
            ticks += sum(map(int, figures.split()[11:13])) if name.endswith("(postgres") else 0
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def seconds(processor: BatchProcessor, batches: list[list[int]]) -> float:
    """Process batches; return the CPU seconds per batch."""
    started = cpu_seconds(processor)
    for ids in batches:
        processor.process(ids)
    return (cpu_seconds(processor) - started) / len(batches)


@pytest.mark.parametrize("kind", ["exact", "near"])
def test_thousands_of_copies_cost_the_same_each(
    settings: Settings, engine: Engine, processor: BatchProcessor, kind: str
) -> None:
    """The last of thousands of copies, exact or with small changes, cost as much as the first; all are one story."""
    files = [(f"{n}", copy_of(1, n if kind == "near" else 0, 120)) for n in range(COPIES)]
    ids = [
        number for start in range(0, COPIES, 500) for number in deliver(settings, engine, files[start : start + 500])
    ]
    batches = [ids[start : start + BATCH] for start in range(0, COPIES, BATCH)]
    seconds(processor, batches[:5])
    first = seconds(processor, batches[5:25])
    seconds(processor, batches[25:-20])
    last = seconds(processor, batches[-20:])
    print(f"\n{kind}: {first * 1000 / BATCH:.2f} ms per article at first, {last * 1000 / BATCH:.2f} ms at last")  # noqa: T201
    assert rows(engine, "SELECT articles FROM stories WHERE merged_into IS NULL") == [(COPIES,)]
    assert last < FLAT * first
    assert list(contradictions(settings, engine)) == []


def test_a_hot_key_slows_no_other_article(settings: Settings, engine: Engine, processor: BatchProcessor) -> None:
    """Pages that end in the same long notice at most double the cost of others, and stay separate stories."""
    others = [(f"other-{n}", dispatch(n, 120)) for n in range(2_000)]
    ids = deliver(settings, engine, others)
    batches = [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
    seconds(processor, batches[:10])
    before = seconds(processor, batches[10:25])
    notice = dispatch(999_999, 36)
    pages = [(f"page-{n}", f"{dispatch(10_000 + n, 120)}\n{notice}") for n in range(1_500)]
    flood = deliver(settings, engine, pages)
    seconds(processor, [flood[start : start + BATCH] for start in range(0, len(flood), BATCH)])
    after = seconds(processor, batches[25:])
    print(f"\nothers: {before * 1000 / BATCH:.2f} ms before, {after * 1000 / BATCH:.2f} ms after the flood")  # noqa: T201
    assert after < FLAT * before
    assert scalar(engine, "SELECT max(articles) FROM stories") == 1


def test_eight_processes_race_on_fifty_dispatches(settings: Settings, engine: Engine) -> None:
    """Eight processes get different copies of the same dispatches at the same time: exactly 50 stories."""
    for round_ in range(3):
        files = [(f"{round_}-{d}-{c}", copy_of(1_000 * round_ + d, c, 60)) for d in range(50) for c in range(8)]
        ids = deliver(settings, engine, files)
        generator = random.Random(round_)
        children = []
        for worker in range(8):
            own_ids = [ids[d * 8 + worker] for d in range(50)]
            size = generator.choice([1, 5, 10])
            children.append(fork(settings, [own_ids[start : start + size] for start in range(0, 50, size)]))
        assert [os.waitpid(child, 0)[1] for child in children] == [0] * 8
        stories = rows(engine, "SELECT articles FROM stories WHERE merged_into IS NULL")
        assert [row.articles for row in stories] == [8] * 50 * (round_ + 1)
    assert scalar(engine, "SELECT count(*) FROM files WHERE state <> 'done'") == 0
    assert list(contradictions(settings, engine)) == []


def fork(settings: Settings, batches: list[list[int]]) -> int:
    """Process batches in a child; return its process id. It exits with code 0 if there was no error."""
    child = os.fork()
    if not child:
        code = 1
        try:
            with closing(new_processor(settings)) as processor:
                for ids in batches:
                    processor.process(ids)
            code = 0
        finally:
            os._exit(code)
    return child
