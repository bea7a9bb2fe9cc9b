"""Write rows as JSON lines, CSV or Parquet, without holding all of them in memory."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, BinaryIO

import orjson

from worker.errors import CopydeskError

Row = Mapping[str, Any]
Writer = Callable[[Mapping[str, type], Iterable[Row], BinaryIO], None]

#: A spreadsheet interprets a cell that starts with one of these as a formula, and texts are untrusted. Where its list
#: separator is a semicolon or a tab, it does not see our quotes within a line, so that a cell also starts after those
#: and after a line break. Some trim blanks and quotes first, and some take the wide forms of East Asian texts.
_FORMULA_START = re.compile(
    r"""(^(?=[\t\r])|(?:^|[;\t\r\n\v\f])(?=[\s"']{0,20}[=+@\-\uff1d\uff0b\uff20\uff0d\u2212]))"""
)
#: Rows of a Parquet row group: about 8 MB of text, few enough for memory, enough to compress well.
_GROUP_ROWS = 2_000


def write_jsonl(_columns: Mapping[str, type], rows: Iterable[Row], target: BinaryIO) -> None:
    """Write one JSON object per line, with times in ISO 8601 UTC."""
    target.writelines(orjson.dumps(row, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE) for row in rows)


def write_csv(columns: Mapping[str, type], rows: Iterable[Row], target: BinaryIO) -> None:
    """Write RFC 4180 CSV in UTF-8 with a header; an apostrophe precedes what a spreadsheet would evaluate."""
    out = io.TextIOWrapper(target, "utf-8", newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    out.flush()
    out.detach()


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _FORMULA_START.sub(r"\1'", value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value


def write_parquet(columns: Mapping[str, type], rows: Iterable[Row], target: BinaryIO) -> None:
    """Write Parquet compressed with zstd; needs the extra ``parquet``.

    Raises:
        CopydeskError: the extra is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise CopydeskError("Parquet needs the extra `parquet`: pip install '.[parquet]'") from error
    types = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float32(),
        bool: pa.bool_(),
        datetime: pa.timestamp("us", "UTC"),
        list: pa.list_(pa.int64()),
    }
    schema = pa.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for group in _groups(rows):
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while group := list(islice(left, _GROUP_ROWS)):
        yield group


#: ``--format`` -> its writer.
WRITERS: Mapping[str, Writer] = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}
