"""Array literals, as Postgres reads them."""

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
    """Whatever stands in a value, quotes and backslashes too, reaches the table unchanged."""
    with engine.connect() as connection:
        [(found,)] = execute(connection, f"SELECT CAST(%(values)s AS {kind}[])", {"values": array(values)})  # type: ignore[arg-type]
    assert found == values


def test_whole_numbers_come_back_as_they_were(engine: Engine) -> None:
    """Also none at all, as text and as NumPy's."""
    edges = [3, -1, 2**31 - 1, -(2**31)]
    statement = "SELECT CAST(%(some)s AS int[]), CAST(%(none)s AS int[])"
    with engine.connect() as connection:
        [told] = execute(connection, statement, {"some": int_array(edges), "none": int_array([])})
        [sent] = execute(connection, statement, {"some": np.array(edges), "none": np.array([], dtype=np.int64)})
    assert told == sent == (edges, [])
