"""The work of a worker process: one unit of a stage, from files to a file."""

import faulthandler
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from pyarrow import compute

from worker.bulk.cluster import Component, cluster
from worker.bulk.crashes import REFUSED, prepare_tried, read_tried, refused_lines, try_texts
from worker.bulk.folder import WorkFolder, read_table, write_table, write_whole
from worker.bulk.read import Refused, prepare
from worker.bulk.read import read_units as records_of
from worker.bulk.schema import PLACED
from worker.bulk.settled import UnitOfSettled
from worker.bulk.source import SourcePart
from worker.bulk.texts import READ, ComputedFeatures, TextStore
from worker.bulk.verdicts import KeyCounts, judge_block
from worker.formats import Limits
from worker.match.judgement import JUDGEMENTS
from worker.process.supervisor import die_with_parent
from worker.settings import Settings
from worker.window import Window

CANDIDATES, COUNTS, EDGES, STORY_COUNTS, SETTLED_IN, PAIRS_IN, PLACED_IN = (
    "candidates",
    "counts",
    "edges",
    "story_counts",
    "settled",
    "pairs",
    "placed",
)


@dataclass(frozen=True, slots=True)
class Job:
    """What every unit of a run needs."""

    folder: Path
    settings: Settings
    limits: Limits
    last_id: int = 0  # of the articles of a settled corpus
    settled_stories: int = 0

    @property
    def workers(self) -> int:
        """The number of worker processes."""
        return self.settings.concurrency or os.cpu_count() or 1


def read_units(job: Job, numbers: list[int], units: list[list[SourcePart]]) -> int:
    """Prepare units of the input, given by their numbers; return how many."""
    folder = WorkFolder(job.folder)
    with ExitStack() as held:
        deaths = [held.enter_context(folder.held(READ, number)) for number in numbers]
        read, prepared = (read_tried, prepare_tried) if any(deaths) else (records_of, prepare)
        for number, records in zip(numbers, read(units, job.limits), strict=True):
            _write_prepared(folder, number, *prepared(records, number))
    return len(numbers)


def _write_prepared(folder: WorkFolder, number: int, table: pa.Table, refused: Sequence[Refused]) -> None:
    if refused:
        lines = b"".join(refused_lines(refused))
        write_whole(folder.file(REFUSED, number), lambda draft: draft.write_bytes(lines))
    write_table(folder.file(READ, number), table)


def judge_unit(job: Job, number: int) -> int:
    """Judge the candidates of a block; return 1, the number of blocks."""
    folder = WorkFolder(job.folder)
    candidates, counts = (read_table(folder.file(stage, number)) for stage in (CANDIDATES, COUNTS))
    write_table(folder.file(EDGES, number), judged(job, number, candidates, counts))
    return 1


def judged(job: Job, number: int, candidates: pa.Table, counts: pa.Table) -> pa.Table:
    """Return the pairs of a block that at least agree, rows of the schema `EDGES`.

    Raises:
        UnitCrashError: a process ended with this block before, and would again.
    """
    folder = WorkFolder(job.folder)
    with folder.held(EDGES, number) as deaths:
        if deaths:
            ids = sorted({*candidates.column("b").to_pylist(), *candidates.column("a").to_pylist()})

            def judge(some: Sequence[int]) -> None:
                both = [compute.is_in(candidates.column(name), value_set=pa.array(some, pa.int32())) for name in "ba"]
                _judged(job, candidates.filter(compute.and_(*both)), counts)

            try_texts(folder, ids, _store(job.folder).text_hash, judge)
        return _judged(job, candidates, counts)


def _judged(job: Job, candidates: pa.Table, counts: pa.Table) -> pa.Table:
    return judge_block(
        _store(job.folder),
        candidates,
        KeyCounts.of(counts),
        Window(job.settings.window_days),
        JUDGEMENTS[job.settings.judgement],
        job.settled_stories,
    )


def cluster_unit(job: Job, number: int, unit: list[Component]) -> int:
    """Cluster the components of a unit; return 1, the number of units."""
    folder = WorkFolder(job.folder)
    counts = read_table(folder.file(STORY_COUNTS, number))
    write_table(folder.file(PLACED_IN, number), clustered(job, number, unit, counts, _settled(job, number)))
    return 1


def clustered(
    job: Job, number: int, unit: Sequence[Component], counts: pa.Table, settled: UnitOfSettled | None = None
) -> pa.Table:
    """Return where the articles of the components of a unit are placed, rows of the schema `PLACED`.

    Raises:
        UnitCrashError: a process ended with this unit before, and would again.
    """
    folder = WorkFolder(job.folder)
    with folder.held(PLACED_IN, number) as deaths:
        if deaths:
            ids = [id_ for component in unit for id_ in component.ids]

            def place(some: Sequence[int]) -> None:
                wanted = {*some}
                _clustered(job, [part for component in unit if (part := component.of(wanted)).ids], counts, settled)

            try_texts(folder, ids, _store(job.folder).text_hash, place)
        return _clustered(job, unit, counts, settled)


def _clustered(job: Job, unit: Sequence[Component], counts: pa.Table, settled: UnitOfSettled | None) -> pa.Table:
    store, others = _store(job.folder), KeyCounts.of(counts)
    rows = [
        row
        for component in unit
        for row in cluster(store, component, others, job.settings, settled.of(component.ids) if settled else None)
    ]
    return pa.Table.from_pylist(rows, schema=PLACED)


def _settled(job: Job, number: int) -> UnitOfSettled | None:
    """Return what of a settled corpus concerns a unit; None if there is no such corpus."""
    texts, pairs = (WorkFolder(job.folder).file(stage, number) for stage in (SETTLED_IN, PAIRS_IN))
    if not job.last_id:
        return None
    return UnitOfSettled(job.last_id, read_table(texts), read_table(pairs), _settled_features(job.folder))


@lru_cache(maxsize=1)  # likewise
def _settled_features(_folder: Path) -> ComputedFeatures:
    return ComputedFeatures()


@lru_cache(maxsize=1)  # with its cache of features, over all units of the process
def _store(folder: Path) -> TextStore:
    return TextStore(WorkFolder(folder))


def start_process() -> None:
    """End this process when the run is killed, so that none is left behind; ignore Ctrl-C; show where code crashed."""
    faulthandler.enable(sys.__stderr__ or 2)
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
