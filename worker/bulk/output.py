"""Write the result: one Parquet file in the order of the input, and the refused records next to it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import orjson
import pyarrow as pa
from pyarrow import compute, dataset, parquet

from worker.bulk import sql
from worker.bulk.crashes import REFUSED, is_of_crash
from worker.bulk.folder import WorkFolder, read_table, write_whole
from worker.bulk.in_order import RowsInOrder
from worker.bulk.schema import PLACED, RESULT, RESULT_AGAINST
from worker.bulk.tasks import PLACED_IN
from worker.bulk.texts import READ
from worker.errors import CopydeskError

if TYPE_CHECKING:
    import duckdb

#: Files of the stage that reads in one row group: about 30 MB of text.
_GROUP_FILES: Final = 10


class Written(NamedTuple):
    """How many stories and how many articles of stories of this run a result has."""

    stories: int
    new: int


class RefusedCounts(NamedTuple):
    """How many records were refused, and of how many of them because the kernel crashed."""

    refused: int
    crashed: int


def write_result(
    connection: "duckdb.DuckDBPyConnection", folder: WorkFolder, parts: int, target: Path, last_id: int | None = None
) -> Written:
    """Write all articles with their stories to ``target``, which appears when it is complete.

    ``last_id``: the largest id of a settled corpus
    """
    register_placed(connection, folder)
    results = connection.sql(sql.RESULTS.format(offset=last_id or 0)).to_arrow_reader(10_000)
    return write_rows(results, folder, parts, target, RESULT if last_id is None else RESULT_AGAINST)


def register_placed(connection: "duckdb.DuckDBPyConnection", folder: WorkFolder) -> None:
    """Create the view ``placed`` of the articles in components of several."""
    files = sorted((folder.path / PLACED_IN).glob("*.arrow"))
    placed = dataset.dataset([str(path) for path in files], format="ipc") if files else PLACED.empty_table()
    connection.register("placed", placed)


def write_rows(
    results: Iterable[pa.RecordBatch], folder: WorkFolder, parts: int, target: Path, schema: pa.Schema = RESULT
) -> Written:
    """Write the rows of `sql.RESULTS` with what was read of each article."""
    rows = RowsInOrder(results)
    canonical = new = 0

    def write(draft: Path) -> None:
        nonlocal canonical, new
        with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
            for start in range(0, parts, _GROUP_FILES):
                tables = [read_table(folder.file(READ, n)) for n in range(start, min(start + _GROUP_FILES, parts))]
                prepared = pa.concat_tables(tables)
                if prepared.num_rows:
                    placed = rows.take(prepared.num_rows)
                    canonical += compute.sum(placed.column("is_canonical")).as_py() or 0
                    new += compute.sum(placed.column("is_new")).as_py() or 0
                    writer.write_table(_joined(prepared, placed, schema))

    write_whole(target, write)
    return Written(canonical, new)


def _joined(prepared: pa.Table, placed: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = {name: placed.column(name) for name in placed.schema.names}
    columns |= {name: prepared.column(name) for name in prepared.schema.names}
    columns["status"] = compute.coalesce(placed.column("own_status"), prepared.column("status"))
    return pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)


def check_target(target: Path) -> None:
    """Raise CopydeskError if a file that is no result of bulk has the name of the result."""
    if target.exists():
        try:
            is_result = set(parquet.read_schema(target).names) >= set(RESULT.names)
        except (pa.ArrowException, OSError):
            is_result = False
        if not is_result:
            raise CopydeskError(
                f"{target} exists and is no result of this command, so it is not overwritten. The last name is that of"
                " the file to write."
            )


def read_refused(folder: WorkFolder) -> dict[str, dict[int, str]]:
    """Return the reasons of the refused records by path and position, in the memory of this process."""
    refused: dict[str, dict[int, str]] = {}
    for path in sorted((folder.path / REFUSED).glob("*.arrow")):
        for line in map(orjson.loads, path.read_bytes().splitlines()):
            refused.setdefault(line["source_path"], {})[line["position"]] = line["reason"]
    return refused


def write_refused(folder: WorkFolder, target: Path) -> RefusedCounts:
    """Write the refused records as JSON lines to ``target``. If there are none, there is no file."""
    lines = b"".join(path.read_bytes() for path in sorted((folder.path / REFUSED).glob("*.arrow")))
    target.unlink(missing_ok=True)  # of an earlier run
    if lines:
        write_whole(target, lambda draft: draft.write_bytes(lines))
    reasons = [orjson.loads(line)["reason"] for line in lines.splitlines()]
    return RefusedCounts(len(reasons), sum(map(is_of_crash, reasons)))
