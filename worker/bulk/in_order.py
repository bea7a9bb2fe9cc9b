"""Take rows off a result that is read in batches, as many at a time as a file of the stage that reads has."""

from collections.abc import Iterable

import pyarrow as pa


class RowsInOrder:
    """The rows of a sequence of batches, of which only those that were not taken are held."""

    def __init__(self, batches: Iterable[pa.RecordBatch]) -> None:
        self._batches = iter(batches)
        self._rest: pa.Table | None = None

    def take(self, count: int) -> pa.Table:
        """Return the next rows."""
        tables = [self._rest] if self._rest is not None else []
        while sum(table.num_rows for table in tables) < count:
            tables.append(pa.Table.from_batches([next(self._batches)]))
        rows = pa.concat_tables(tables)
        self._rest = rows.slice(count)
        return rows.slice(0, count)
