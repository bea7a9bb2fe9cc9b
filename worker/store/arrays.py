"""Postgres arrays as literals and in binary: psycopg would write lists value by value, in Python."""

import struct
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.adapt import Dumper
from psycopg.pq import Format

_INT4: Final = 23
_INT4_ARRAY: Final = 1007
#: The header of an array: dimensions, whether items are NULL, their type; their number, and the first index.
_HEAD: Final = struct.Struct(">iiIii")
_ITEM: Final = np.dtype([("length", ">i4"), ("number", ">i4")])


class Int4Array(Dumper):
    """Sends 32-bit integers of NumPy as binary ``int[]``, which spares thousands of conversions to text and back."""

    format = Format.BINARY
    oid = _INT4_ARRAY

    def dump(self, obj: NDArray[np.integer[Any]]) -> bytes:
        """Return the array in Postgres's binary format."""
        return int4_array(obj)


psycopg.adapters.register_dumper(np.ndarray, Int4Array)


def int4_array(numbers: NDArray[np.integer[Any]]) -> bytes:
    """Return the array in Postgres's binary format, as binary COPY takes it."""
    items = np.empty(len(numbers), dtype=_ITEM)
    items["length"], items["number"] = 4, numbers
    return _HEAD.pack(1, 0, _INT4, len(numbers), 1) + items.tobytes()


def int_array(numbers: Iterable[int]) -> str:
    """Return ``{1,2,3}``, for a parameter that the statement casts to ``int[]``."""
    return "{" + ",".join(map(str, numbers)) + "}"


def array(values: Iterable[str | bytes | datetime | float | None]) -> str:
    """Return the literal of values of one type, None for NULL, for a parameter that the statement casts."""
    return "{" + ",".join([_item(value) for value in values]) + "}"


def _item(value: str | bytes | datetime | float | None) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, bytes):
        return rf'"\\x{value.hex()}"'
    return f'"{value}"' if isinstance(value, datetime) else str(value)
