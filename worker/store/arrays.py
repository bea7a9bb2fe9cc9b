"""Numbers in, a Postgres array literal out: psycopg writes long lists a number at a time, in Python."""

from collections.abc import Iterable


def int_array(numbers: Iterable[int]) -> str:
    """Return ``{1,2,3}``, for a parameter that the statement casts to ``int[]``."""
    return "{" + ",".join(map(str, numbers)) + "}"
