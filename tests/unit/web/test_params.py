"""Parsing of path and query parameters, and the errors for invalid ones."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from worker.web.params import (
    BadRequestError,
    int_param,
    path_id,
    read_cursor,
    story_filter,
    text_param,
    time_cursor,
    write_cursor,
)


def request(query: str = "", **path: int) -> Request:
    """Return a request with a query string as a browser sends it."""
    return Request({"type": "http", "query_string": query.encode("latin-1"), "path_params": path, "headers": []})


def test_filters_are_read_from_the_query() -> None:
    """Every field of the form becomes a condition; the copies do not include the canonical article."""
    chosen = story_filter(
        request("q=+dam%20pact+&since=2026-01-31&until=2026-02-01&source=Norwire&language=en&copies=2")
    )
    assert chosen.since == datetime(2026, 1, 31, tzinfo=UTC)
    assert chosen.until == datetime(2026, 2, 2, tzinfo=UTC)
    assert (chosen.source, chosen.language, chosen.articles) == ("Norwire", "en", 3)


def test_an_empty_form_selects_all_stories() -> None:
    """Empty fields add no condition."""
    chosen = story_filter(request("q=&since=&until=&source=&language=&copies="))
    assert (chosen.since, chosen.until, chosen.source, chosen.language, chosen.articles) == (None,) * 5


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "copies=-1",
        "copies=x",
        "copies=1e3",
        "copies=99999999999",
        "copies=%C2%B2",
        "source=" + "x" * 301,
    ],
)
def test_an_invalid_parameter_raises_an_error(query: str) -> None:
    """An invalid value raises an error with a sentence that names the parameter."""
    with pytest.raises(BadRequestError, match=r"\w+ .*\."):
        story_filter(request(query))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**31 - 1))
def test_a_cursor_is_read_as_it_was_written(at: datetime, last: int) -> None:
    """The next page starts exactly where the previous one ended, to the microsecond."""
    position = write_cursor((at, last)).replace("+", "%2B")
    assert read_cursor(request(f"after={position}")) == (at, last)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6), st.integers(0, 2**31 - 1))
def test_a_cursor_of_a_search_is_read_as_it_was_written(score: float, last: int) -> None:
    """The next page of a search starts exactly where the previous one ended; a list by time refuses its position."""
    asked = request(f"after={write_cursor((score, last))}")
    if "e" not in repr(score):
        assert read_cursor(asked) == (score, last)
    with pytest.raises(BadRequestError):
        time_cursor(asked)


@given(st.text(max_size=40))
def test_any_cursor_is_valid_or_refused(value: str) -> None:
    """Any text is either a valid cursor or raises an error."""
    asked = Request({"type": "http", "query_string": b"", "headers": []})
    asked._query_params = {"after": value}  # type: ignore[assignment]
    with suppress(BadRequestError):
        position = read_cursor(asked)
        assert position is None or isinstance(position[0], float) or position[0].tzinfo


def test_invalid_bytes_are_replaced() -> None:
    """NULs and broken UTF-8, which Postgres refuses, do not reach it."""
    assert text_param(request("q=a%00b"), "q") == "a b"
    assert text_param(request("q=%ED%A0%80"), "q")


def test_numbers_have_bounds() -> None:
    """A number outside its bounds is refused; an absent number is None."""
    assert int_param(request("after=7"), "after") == 7
    assert int_param(request(), "after") is None
    with pytest.raises(BadRequestError, match="from 1 to 10"):
        int_param(request("limit=11"), "limit", least=1, most=10)


def test_an_id_of_more_than_32_bits_is_not_found() -> None:
    """An id that fits no column is reported as not found, before Postgres would refuse it."""
    assert path_id(request(id=7)) == 7
    with pytest.raises(Exception, match="There is no number"):
        path_id(request(id=2**31))
