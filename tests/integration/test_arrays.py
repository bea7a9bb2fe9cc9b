"""Postgres reads array literals and binary arrays as they were meant."""

from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine

from worker.store.arrays import array, int_array
from worker.store.execute import execute

TEXTS = ["", "NULL", "null", "a,b", "{c}", '"d"', "\\", '\\"', "e\\nf", "line\nbreak", "tab\t", " spaces ", "ß€𝄞", None]
TIMES = [datetime(1, 1, 1, tzinfo=UTC), datetime(2026, 2, 28, 23, 59, 59, 999_999, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", TEXTS),
        ("bytea", [b"", b"\\x", b"\0\xff", bytes(range(256)), None]),
        ("timestamptz", TIMES),
        ("float", [0.1, -1e300, float("inf"), 1 / 3, None]),
        ("int", [0, -(2**31), 2**31 - 1, None]),
    ],
)
def test_an_array_comes_back_as_it_was(engine: Engine, kind: str, values: list[object]) -> None:
    """Any character in a value, also quotes and backslashes, arrives unchanged."""
    with engine.connect() as connection:
        [(received,)] = execute(connection, f"SELECT CAST(%(values)s AS {kind}[])", {"values": array(values)})  # type: ignore[arg-type]
    assert received == values


def test_whole_numbers_come_back_as_they_were(engine: Engine) -> None:
    """Arrays of integers, also empty ones, arrive unchanged as literals and as NumPy arrays."""
    edges = [3, -1, 2**31 - 1, -(2**31)]
    statement = "SELECT CAST(%(edges)s AS int[]), CAST(%(none)s AS int[])"
    with engine.connect() as connection:
        [literals] = execute(connection, statement, {"edges": int_array(edges), "none": int_array([])})
        [arrays] = execute(connection, statement, {"edges": np.array(edges), "none": np.array([], dtype=np.int64)})
    assert literals == arrays == (edges, [])
