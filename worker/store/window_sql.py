"""The rule of ``worker.window.Window.contains`` in SQL. A test compares both on random times."""

from typing import NamedTuple


class TimeColumns(NamedTuple):
    """SQL expressions of the times of an article."""

    published: str
    arrived: str


def contains(a: TimeColumns, b: TimeColumns, days: str) -> str:
    """Return the condition that two articles are to be compared; ``days`` is the parameter of the window's length."""
    return f"""({days} = 0 OR CASE WHEN {a.published} IS NOT NULL AND {b.published} IS NOT NULL
        THEN greatest({a.published} - {b.published}, {b.published} - {a.published})
        ELSE greatest({a.arrived} - {b.arrived}, {b.arrived} - {a.arrived}) END <= make_interval(days => {days}))"""


def contains_all(a: str, b: str, days: str) -> str:
    """Return a condition that holds only if all articles of group ``a`` are to be compared with all of group ``b``.

    Both are names of rows with ``undated`` (whether any article is), ``published``, ``last_published``, ``arrived``
    and ``last_arrived`` (the earliest and latest times).
    """
    published = f"greatest({a}.last_published - {b}.published, {b}.last_published - {a}.published)"
    arrived = f"greatest({a}.last_arrived - {b}.arrived, {b}.last_arrived - {a}.arrived)"
    return f"""({days} = 0 OR (coalesce({published} <= make_interval(days => {days}), true)
        AND (NOT ({a}.undated OR {b}.undated) OR {arrived} <= make_interval(days => {days}))))"""
