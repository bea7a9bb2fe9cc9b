"""The window is the same rule in Python and in SQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from worker.settings import load
from worker.store.session import engine as make_engine
from worker.store.window_sql import TimeColumns, contains, contains_all
from worker.window import ArticleTimes, Window

DAYS = st.sampled_from([0, 1, 30, 365, 36_500, 1_000_000]) | st.integers(0, 4_000)
BASE = datetime(2031, 3, 30, tzinfo=UTC)
#: Differences of whole days and a microsecond less or more: the borders of windows.
STEPS = st.builds(
    lambda days, more: timedelta(days=days, microseconds=more),
    st.sampled_from([0, 1, 30, 365, 36_500]) | st.integers(-4_000, 4_000),
    st.integers(-1, 1),
)
MOMENTS = STEPS.map(lambda step: BASE + step) | st.datetimes(timezones=st.just(UTC))
TIMES = st.builds(ArticleTimes, st.none() | MOMENTS, MOMENTS)

_PAIR = text(f"""
    SELECT {contains(TimeColumns("a.published", "a.arrived"), TimeColumns("b.published", "b.arrived"), ":days")}
    FROM (SELECT CAST(:p AS timestamptz) AS published, CAST(:a AS timestamptz) AS arrived) AS a,
        (SELECT CAST(:q AS timestamptz) AS published, CAST(:b AS timestamptz) AS arrived) AS b""")  # noqa: S608
_GROUP = """(SELECT bool_or(p IS NULL) AS undated, min(p) AS published, max(p) AS last_published,
        min(a) AS arrived, max(a) AS last_arrived
    FROM unnest(CAST(:{0}_published AS timestamptz[]), CAST(:{0}_arrived AS timestamptz[])) AS t (p, a)) AS {0}"""
_GROUPS = text(f"SELECT {contains_all('a', 'b', ':days')} FROM {_GROUP.format('a')}, {_GROUP.format('b')}")  # noqa: S608


@pytest.fixture(scope="module")
def connection(migrated_url: str) -> Iterator[Connection]:
    """Yield a connection as the service has it, in UTC."""
    made = make_engine(load(database_url=migrated_url))
    with made.connect() as open_connection:
        yield open_connection
    made.dispose()


@given(TIMES, TIMES, DAYS)
@settings(max_examples=300)
def test_sql_and_python_compare_the_same_pairs(
    connection: Connection, first: ArticleTimes, second: ArticleTimes, days: int
) -> None:
    """The condition in SQL is `Window.contains`, at the borders of the window and without one too."""
    values = {"p": first.published, "a": first.arrived, "q": second.published, "b": second.arrived, "days": days}
    assert connection.execute(_PAIR, values).scalar_one() == Window(days).contains(first, second)


@given(st.sampled_from([0, 1, 30, 365, 36_500]), st.integers(-1, 1), st.booleans(), st.booleans())
def test_the_border_belongs_to_the_window(
    connection: Connection, days: int, more: int, dated: bool, backwards: bool
) -> None:
    """A difference of exactly the window's length is within it, and a microsecond more is not, in either order."""
    later = BASE + timedelta(days=days, microseconds=more)
    pair = [ArticleTimes(moment if dated else None, moment if not dated else BASE) for moment in (BASE, later)]
    first, second = reversed(pair) if backwards else pair
    values = {"p": first.published, "a": first.arrived, "q": second.published, "b": second.arrived, "days": days}
    assert connection.execute(_PAIR, values).scalar_one() == (days == 0 or more <= 0)
    assert Window(days).contains(first, second) == (days == 0 or more <= 0)


@given(st.lists(TIMES, min_size=1, max_size=3), st.lists(TIMES, min_size=1, max_size=3), DAYS)
@settings(max_examples=200)
def test_groups_within_the_window_have_no_pair_outside(
    connection: Connection, left: list[ArticleTimes], right: list[ArticleTimes], days: int
) -> None:
    """The condition on two groups implies that on each pair, and equals it if all articles have a date or none has."""
    values: dict[str, object] = {"days": days}
    for name, times in (("a", left), ("b", right)):
        values |= {f"{name}_published": [t.published for t in times], f"{name}_arrived": [t.arrived for t in times]}
    within = connection.execute(_GROUPS, values).scalar_one()
    every_pair = all(Window(days).contains(first, second) for first in left for second in right)
    assert every_pair or not within
    if len({times.published is None for times in (*left, *right)}) == 1:
        assert within == every_pair
