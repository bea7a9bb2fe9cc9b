"""What a request asks goes in, checked values come out; what can't be meant is told."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from worker.web.params import UnanswerableError, behind, cursor, number, path_id, wanted, written


def request(query: str = "", **path: int) -> Request:
    """Return a request for a query string as a browser sends it."""
    return Request({"type": "http", "query_string": query.encode("latin-1"), "path_params": path, "headers": []})


def test_filters_are_read_from_the_query() -> None:
    """Every field of the form becomes its condition; copies count beside the canonical article."""
    found = wanted(request("q=+dam%20pact+&since=2026-01-31&until=2026-02-01&source=Norwire&language=en&copies=2"))
    assert found.search == "dam pact"
    assert found.since == datetime(2026, 1, 31, tzinfo=UTC)
    assert found.until == datetime(2026, 2, 2, tzinfo=UTC)
    assert (found.source, found.language, found.articles) == ("Norwire", "en", 3)


def test_an_empty_form_asks_for_everything() -> None:
    """Fields that were left empty are no conditions."""
    found = wanted(request("q=&since=&until=&source=&language=&copies="))
    assert (found.search, found.since, found.until, found.source, found.language, found.articles) == (None,) * 6


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "copies=-1", "copies=x", "copies=1e3", "copies=99999999999", "copies=%C2%B2", "q=" + "x" * 301],
)
def test_nonsense_is_answered_with_a_sentence(query: str) -> None:
    """What can't be meant is an error that says what to write."""
    with pytest.raises(UnanswerableError, match=r"\w+ .*\."):
        wanted(request(query))


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 2**31 - 1))
def test_a_place_in_the_list_is_read_as_it_was_written(at: datetime, last: int) -> None:
    """The address of the next page leads to where the last one ended, to the microsecond."""
    place = behind((at, last)).replace("+", "%2B")
    assert cursor(request(f"after={place}")) == (at, last)


@given(st.text(max_size=40))
def test_no_place_breaks_the_page(place: str) -> None:
    """Whatever is written for a place is a place or is told to be none."""
    asked = Request({"type": "http", "query_string": b"", "headers": []})
    asked._query_params = {"after": place}  # type: ignore[assignment]
    with suppress(UnanswerableError):
        found = cursor(asked)
        assert found is None or found[0].tzinfo


def test_odd_bytes_become_text_that_can_be_asked_for() -> None:
    """NULs and broken UTF-8, which Postgres refuses, do not reach it."""
    assert written(request("q=a%00b"), "q") == "a b"
    assert written(request("q=%ED%A0%80"), "q")


def test_numbers_have_bounds() -> None:
    """A number outside its bounds is refused, an absent one is None."""
    assert number(request("after=7"), "after") == 7
    assert number(request(), "after") is None
    with pytest.raises(UnanswerableError, match="from 1 to 10"):
        number(request("limit=11"), "limit", least=1, most=10)


def test_an_id_that_no_column_holds_is_not_found() -> None:
    """An id of more than 32 bits is told apart before Postgres would refuse it."""
    assert path_id(request(id=7)) == 7
    with pytest.raises(Exception, match="There is no number"):
        path_id(request(id=2**31))
