"""The work of Spark's Python processes: units of the input, blocks of candidates and components, in Arrow tables."""

from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from worker.bulk import tasks
from worker.bulk.cluster import Component
from worker.bulk.folder import UNITS, WorkFolder, read_table
from worker.bulk.schema import CANDIDATES, KEY_COUNTS
from worker.bulk.tasks import Job
from worker.bulk.texts import READ
from worker.bulk.units import Units

_Batches = Iterator[pa.RecordBatch]

#: The columns of the files of the stage that reads which queries need. Spark has no bytes of a fixed length.
NARROW: Final = pa.schema(
    [
        ("part", pa.int32()),
        ("line", pa.int32()),
        ("seconds", pa.int64()),
        ("version_key", pa.int64()),
        ("text_hash", pa.binary()),
        ("sketch", pa.list_(pa.int32())),
    ]
)


def read(job: Job, folder: Path, parts: Sequence[list[int]], batches: _Batches) -> _Batches:
    """Prepare the units of these ``parts``; paths of the input may be relative to ``folder``."""
    units = Units(WorkFolder(job.folder).file(UNITS, 0))
    for part in _numbers(batches):
        with chdir(folder):
            done = tasks.read_units(job, parts[part], [units[number] for number in parts[part]])
        yield pa.record_batch({"units": [done]})


def narrow(folder: Path, batches: _Batches) -> _Batches:
    """Yield what queries need of the files of these numbers."""
    for number in _numbers(batches):
        yield from read_table(WorkFolder(folder).file(READ, number)).select(NARROW.names).cast(NARROW).to_batches()


def in_blocks(last_ids: Sequence[int], batches: _Batches) -> _Batches:
    """Add the block of each row by its first column, an id; a block ends with one of ``last_ids``."""
    for batch in batches:
        block = np.searchsorted(last_ids, batch.column(0).to_numpy()).astype(np.int32)
        yield pa.RecordBatch.from_arrays([*batch.columns, pa.array(block)], [*batch.schema.names, "block"])


def judge(job: Job, candidates: pa.Table, counts: pa.Table) -> pa.Table:
    """Return the verdicts on the candidates of a block."""
    candidates = candidates.sort_by([("b", "ascending"), ("shared", "descending"), ("a", "ascending")])
    return tasks.judged(
        job, _group("block", candidates, counts), candidates.select(CANDIDATES.names), _in_order(counts)
    )


def cluster(job: Job, members: pa.Table, counts: pa.Table) -> pa.Table:
    """Return where the articles of a unit are placed, component by component."""
    members = members.sort_by([("component", "ascending"), ("id", "ascending")])
    component, ids, before = (members.column(name).to_numpy() for name in ("component", "id", "stories_before"))
    starts = np.flatnonzero(np.diff(component))
    unit = (
        Component(own.tolist(), stories.tolist())
        for own, stories in zip(np.split(ids, starts + 1), np.split(before, starts + 1), strict=True)
    )
    return tasks.clustered(job, _group("unit", members, counts), [*unit], _in_order(counts))


def _group(name: str, *tables: pa.Table) -> int:
    """Return the number of the block or unit that these tables are of."""
    return next(int(table.column(name)[0].as_py()) for table in tables if table.num_rows)


def _in_order(counts: pa.Table) -> pa.Table:
    return counts.select(KEY_COUNTS.names).sort_by([("id", "ascending"), ("key", "ascending")])


def _numbers(batches: _Batches) -> Iterator[int]:
    return (number for batch in batches for number in batch.column(0).to_pylist())
