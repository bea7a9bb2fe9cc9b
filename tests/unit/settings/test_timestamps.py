"""Times as people write them."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.settings.timestamps import parse_time


def test_dates_and_times_are_utc_unless_they_say_otherwise() -> None:
    """A time without a zone is UTC; a time with a zone is converted to UTC."""
    assert parse_time("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)
    assert parse_time(" 2026-01-31T18:00+02:00 ") == datetime(2026, 1, 31, 16, tzinfo=UTC)


def test_an_age_is_counted_back_from_now() -> None:
    """`3d` is three days ago."""
    before = datetime.now(UTC)
    assert before <= parse_time("3d") + timedelta(days=3) <= datetime.now(UTC)


@pytest.mark.parametrize("written", ["", "soon", "2026-13-01", "999999w", "-3d", "3 y"])
def test_text_that_is_not_a_time_is_an_error(written: str) -> None:
    """The error says what to write instead."""
    with pytest.raises(ValueError, match="Write a date"):
        parse_time(written)
