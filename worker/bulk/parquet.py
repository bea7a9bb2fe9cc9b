"""Read the rows of a Parquet file: each is read as a JSON object with the same fields."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
from pyarrow import parquet

from worker import formats
from worker.article import Article, BadRecord
from worker.bulk.faults import refusal
from worker.errors import QuarantineError
from worker.formats import Limits, Span

_Row = dict[str, Any] | Exception


def read_rows(
    source: BinaryIO, group: int, spans: Sequence[Span], limits: Limits
) -> Iterator[list[Article | BadRecord]]:
    """Yield the outcomes of consecutive spans of rows of a row group, which is decoded once."""
    with parquet.ParquetFile(source) as file:
        before = sum(file.metadata.row_group(number).num_rows for number in range(group))
        columns = [column.name for column in file.schema_arrow if not _is_bytes(column.type)]
        most = max(span.count for span in spans)
        batches = file.iter_batches(most, row_groups=[group], columns=columns)
        rows = _rows(batches, spans[0].first - before)
        for span in spans:
            yield _read(span, rows, limits)


def _rows(batches: Iterator[pa.RecordBatch], skipped: int) -> Iterator[_Row]:
    for batch in batches:
        own = batch.slice(min(skipped, batch.num_rows))
        skipped -= batch.num_rows - own.num_rows
        try:
            yield from own.to_pylist()
        except (ArithmeticError, ValueError):  # a value that Python has no type for, as a date in the year 20000
            yield from (_row(own.slice(number, 1)) for number in range(own.num_rows))


def _row(batch: pa.RecordBatch) -> _Row:
    try:
        row: dict[str, Any] = batch.to_pylist()[0]
    except (ArithmeticError, ValueError) as error:
        return error
    return row


def _read(span: Span, rows: Iterator[_Row], limits: Limits) -> list[Article | BadRecord]:
    """Return the outcomes of the next rows."""
    outcomes: list[Article | BadRecord] = []
    lines: list[bytes] = []
    positions: list[int] = []
    found = 0
    for found, row in zip(range(1, span.count + 1), rows, strict=False):
        try:
            if isinstance(row, Exception):
                raise row
            lines.append(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))
            positions.append(span.first + found - 1)
        except (ArithmeticError, TypeError, ValueError) as error:
            outcomes.append(BadRecord(span.first + found - 1, refusal(error)))
    if found < span.count:
        raise QuarantineError(f"Only {found:,} of {span.count:,} rows are found.")
    if lines:
        try:
            read = formats.read(io.BytesIO(b"".join(lines)), "rows.jsonl", limits, Span(0, len(lines)))
            outcomes += (replace(outcome, position=positions[outcome.position]) for outcome in read)
        except QuarantineError as error:  # a single row is read as a file of one article
            outcomes.append(BadRecord(positions[0], str(error)))
    return outcomes


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
