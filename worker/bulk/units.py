"""The units of a run in a file of the work folder: a corpus of a million files has a million parts."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import compute, ipc

from worker.bulk.folder import read_table, write_whole
from worker.bulk.schema import PARTS
from worker.bulk.source import SourcePart
from worker.display import unescape_path

#: Parts that are written together: as one list of JSON, 100,000 parts needed 100 MB, and in this file 23 MB.
_BATCH: Final = 10_000


class Units(Sequence[list[SourcePart]]):
    """The units of a run by number, each made from the file when it is asked for."""

    def __init__(self, path: Path) -> None:
        self._table = read_table(path)
        numbers = self._table.column("unit").to_numpy()
        self._starts = np.flatnonzero(np.diff(numbers, prepend=-1, append=numbers[-1] + 1 if len(numbers) else -1))

    def __len__(self) -> int:
        """Return the number of units."""
        return max(len(self._starts) - 1, 0)

    def __getitem__(self, number: int) -> list[SourcePart]:  # type: ignore[override]  # no slices
        """Return the parts of a unit."""
        if number >= len(self):
            raise IndexError(number)
        start, end = self._starts[number : number + 2].tolist()
        return [_part(row) for row in self._table.slice(start, end - start).to_pylist()]

    @property
    def unreadable(self) -> int:
        """The number of files and folders that can't be read."""
        return int(compute.sum(self._table.column("is_unreadable")).as_py() or 0)


def write_units(path: Path, units: Iterable[Sequence[SourcePart]]) -> None:
    """Write units as they are cut."""
    rows = (_row(number, part) for number, unit in enumerate(units) for part in unit)

    def write(draft: Path) -> None:
        with ipc.new_file(str(draft), PARTS) as writer:
            while batch := list(islice(rows, _BATCH)):
                writer.write_table(pa.Table.from_pylist(batch, schema=PARTS))

    write_whole(path, write)


def _row(unit: int, part: SourcePart) -> dict[str, Any]:
    first, count, offset = part.span or (None, None, None)
    return {
        "unit": unit,
        "number": part.number,
        "path": part.shown_path,
        "state": part.state,
        "first": first,
        "count": count,
        "offset": offset,
        "sequence": part.sequence,
        "fault": part.fault,
        "is_unreadable": part.is_unreadable,
    }


def _part(row: dict[str, Any]) -> SourcePart:
    span = None if row["first"] is None else (row["first"], row["count"], row["offset"])
    path = os.fsdecode(unescape_path(row["path"]))
    return SourcePart(row["number"], path, row["state"], span, row["sequence"], row["fault"], row["is_unreadable"])
