"""The tables of a run on Spark: Parquet in the work folder, each complete or made again."""

import shutil
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from pyarrow import dataset
from pyspark.sql import DataFrame, SparkSession

from worker.bulk.folder import WorkFolder
from worker.process.sync import sync_to_disk


class Tables:
    """Results of queries by name, kept so that neither another query nor a run that goes on makes them again."""

    def __init__(self, session: SparkSession, folder: WorkFolder) -> None:
        self.session, self._folder = session, folder
        self._path = folder.path / "tables"

    def keep(self, name: str, rows: str | DataFrame) -> None:
        """Store the result of a query under ``name``, unless that was done; later queries can read it there."""
        self._folder.noted(f"table-{name}", lambda: self._write(name, rows))
        self.name(name, name)

    def name(self, alias: str, name: str) -> None:
        """Let later queries read the table ``name`` as ``alias``."""
        self.session.read.parquet(self._url(name)).createOrReplaceTempView(alias)

    def query(self, statement: str) -> DataFrame:
        """Return the result of a query, which is not computed yet."""
        return self.session.sql(statement)

    def numbers(self, statement: str) -> tuple[int, ...]:
        """Return the only row of a result."""
        [row] = self.query(statement).collect()
        return tuple(row)

    def is_empty(self, statement: str) -> bool:
        """Return whether a query has no result."""
        return bool(self.query(statement).isEmpty())

    def batches(self, name: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table in their order."""
        return self._dataset(name).to_batches()  # type: ignore[no-any-return]

    def read(self, name: str) -> pa.Table:
        """Return a table in the order of its rows."""
        return self._dataset(name).to_table()

    def _dataset(self, name: str) -> Any:
        return dataset.dataset(sorted(map(str, (self._path / name).glob("part-*"))), format="parquet")

    def _write(self, name: str, rows: str | DataFrame) -> bool:
        frame = self.query(rows) if isinstance(rows, str) else rows
        shutil.rmtree(self._path / name, ignore_errors=True)
        frame.write.parquet(self._url(name))
        for path in (*(self._path / name).iterdir(), self._path / name, self._path):
            sync_to_disk(path)
        return True

    def _url(self, name: str) -> str:
        return f"file://{self._path / name}"
