"""Estimate what a run costs, from the keys of the whole input and the judgement of a few blocks of it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from worker.bulk import join
from worker.bulk.tasks import Job, judged
from worker.process.worker_processes import WorkerProcesses

if TYPE_CHECKING:
    import duckdb

#: Blocks that are joined and judged: the middle one and the last, because a text has more candidates the later it is.
_SAMPLE: Final = 2


@dataclass(frozen=True, slots=True)
class BulkEstimate:
    """The size of a run. ``candidates`` and ``seconds_left`` are estimated, the others counted.

    ``keys``: that several texts have · ``joined``: rows of the join of keys · ``candidates``: pairs of texts to judge ·
    ``seconds_read``: taken by what is done already · ``seconds_left``: for the rest, clustering and writing excepted
    """

    articles: int
    texts: int
    keys: int
    joined: int
    candidates: int
    seconds_read: float
    seconds_left: float


def estimate(
    job: Job,
    pool: WorkerProcesses,
    connection: "duckdb.DuckDBPyConnection",
    blocks: Sequence[tuple[int, int]],
    joined: int,
    seconds_read: float,
) -> BulkEstimate:
    """Count keys and joins, and judge a few blocks to estimate the rest."""
    counted = join.count(connection)
    chosen = sorted({len(blocks) // 2, len(blocks) - 1})[:_SAMPLE] if blocks else []
    pairs, joining, judging = 0, 0.0, 0.0
    for number in chosen:
        started = time.monotonic()
        candidates, counts = join.candidates(connection, blocks[number])
        joining += time.monotonic() - started
        judging += pool.submit(_seconds_of_judging, job, number, candidates, counts).result()
        pairs += candidates.num_rows
    times = len(blocks) / max(len(chosen), 1)
    seconds = times * max(joining, judging / job.workers)
    return BulkEstimate(
        counted.articles,
        counted.texts,
        counted.keys,
        joined,
        round(times * pairs),
        round(seconds_read, 1),
        round(seconds, 1),
    )


def _seconds_of_judging(job: Job, number: int, candidates: pa.Table, counts: pa.Table) -> float:
    started = time.monotonic()
    judged(job, number, candidates, counts)
    return time.monotonic() - started
