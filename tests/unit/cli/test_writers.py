"""Exports: full values, safe in a spreadsheet, the same in every format."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.cli.writers import WRITERS, write_csv, write_jsonl

_COLUMNS = {"id": int, "title": str, "share": float, "first": bool, "at": datetime, "others": list}
_ROW = {
    "id": 1,
    "title": "Crane, “falls”\nagain",
    "share": 0.5,
    "first": True,
    "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
    "others": [7, 12],
}
_EMPTY: dict[str, Any] = {"id": 2, "title": None, "share": 0.0, "first": False, "at": None, "others": []}


def _written(form: str, rows: list[dict[str, Any]]) -> bytes:
    target = io.BytesIO()
    WRITERS[form](_COLUMNS, rows, target)
    return target.getvalue()


def test_json_lines_hold_one_object_each() -> None:
    """A line break in a title does not break the line, and times are in UTC."""
    lines = _written("jsonl", [_ROW, _EMPTY]).splitlines()
    assert [json.loads(line) for line in lines] == [{**_ROW, "at": "2026-03-01T12:00:00Z"}, _EMPTY]


def test_csv_reads_back() -> None:
    """Commas, quotes and line breaks stay in their cell, a list is separated by spaces, a missing value is empty."""
    rows = list(csv.DictReader(io.StringIO(_written("csv", [_ROW, _EMPTY]).decode(), newline="")))
    full = {"id": "1", "share": "0.5", "first": "true", "at": "2026-03-01T12:00:00Z", "others": "7 12"}
    assert rows[0] == {**full, "title": _ROW["title"]}
    assert rows[1] == {"id": "2", "title": "", "share": "0.0", "first": "false", "at": "", "others": ""}


@pytest.mark.slow
@given(st.text())
def test_no_cell_of_csv_is_a_formula(title: str) -> None:
    """Any headline is text for a spreadsheet, and none of it is lost."""
    target = io.BytesIO()
    write_csv({"title": str}, [{"title": title.encode("utf-8", "replace").decode()}], target)
    cell = list(csv.reader(io.StringIO(target.getvalue().decode(), newline="")))[1:]
    text = cell[0][0] if cell and cell[0] else ""
    assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize(
    "before", ["", "Fares;", "Fares\t", "Fares\n", "Fares\r\n", "a, b;", '"x";', "; ", "Fares;;", "\n\n "]
)
def test_no_separator_makes_a_formula(before: str, start: str, separator: str) -> None:
    """A spreadsheet that splits cells at semicolons or tabs finds no formula in any of them, in either column."""
    target = io.BytesIO()
    value = f"{before}{start}1+1"
    write_csv({"title": str, "text": str}, [{"title": value, "text": f"{value}, and {value}"}], target)
    for row in csv.reader(io.StringIO(target.getvalue().decode(), newline=""), delimiter=separator):
        assert not [cell for cell in row if cell.strip(' "').startswith(start)]


def test_ordinary_text_is_exported_unchanged() -> None:
    """Signs within a sentence, and separators before words, need no apostrophe."""
    text = "Fares rise by 5-7 % (a+b=c); the rest stays.\r\n\r\nMail: ada@x.example; from 5 to -3"
    target = io.BytesIO()
    write_csv({"text": str}, [{"text": text}], target)
    assert list(csv.reader(io.StringIO(target.getvalue().decode(), newline=""))) == [["text"], [text]]


def test_parquet_reads_back() -> None:
    """Every column has its type, even if all its values are missing."""
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(_written("parquet", [_EMPTY, _ROW])))
    assert table.to_pylist() == [_EMPTY, _ROW]
    empty = parquet.read_table(io.BytesIO(_written("parquet", [])))
    assert (empty.num_rows, empty.schema) == (0, table.schema)


def test_an_empty_export_is_still_a_file() -> None:
    """Without rows, CSV has its header and JSON lines are empty."""
    assert _written("csv", []) == b"id,title,share,first,at,others\r\n"
    target = io.BytesIO()
    write_jsonl(_COLUMNS, [], target)
    assert target.getvalue() == b""
