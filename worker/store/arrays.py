"""Values in, a Postgres array literal out: psycopg writes lists a value at a time, in Python."""

from collections.abc import Iterable
from datetime import datetime


def int_array(numbers: Iterable[int]) -> str:
    """Return ``{1,2,3}``, for a parameter that the statement casts to ``int[]``."""
    return "{" + ",".join(map(str, numbers)) + "}"


def array(values: Iterable[str | bytes | datetime | float | None]) -> str:
    """Return the literal of values of one kind, some of them missing, for a parameter that the statement casts."""
    return "{" + ",".join(map(_item, values)) + "}"


def _item(value: str | bytes | datetime | float | None) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return rf'"\\x{value.hex()}"'
    return f'"{value}"' if isinstance(value, datetime) else str(value)
