"""Days of the Solar Hijri calendar become those of the Gregorian one."""

from datetime import UTC, date, datetime

import pytest

from worker.dates.persian import from_persian
from worker.dates.written import parse_written


@pytest.mark.parametrize(
    ("day", "gregorian"),
    [
        ((1320, 6, 3), date(1941, 8, 25)),
        ((1357, 11, 22), date(1979, 2, 11)),
        ((1375, 1, 1), date(1996, 3, 20)),
        ((1399, 12, 30), date(2021, 3, 20)),
        ((1403, 12, 30), date(2025, 3, 20)),
        ((1404, 1, 1), date(2025, 3, 21)),
        ((1409, 1, 1), date(2030, 3, 21)),
    ],
)
def test_known_days(day: tuple[int, int, int], gregorian: date) -> None:
    """New Year's days, leap days and days of history are right."""
    assert from_persian(*day) == gregorian


@pytest.mark.parametrize("day", [(1404, 12, 30), (1404, 7, 31), (1404, 1, 32), (2031, 1, 1)])
def test_days_that_the_calendar_does_not_have(day: tuple[int, int, int]) -> None:
    """The thirtieth of Esfand in a common year, a thirty-first in autumn and years of the common era are refused."""
    with pytest.raises(ValueError, match="no day"):
        from_persian(*day)


def test_written_in_persian() -> None:
    """A date with Persian digits and the name of a month is read; a year of the common era with it is none."""
    assert parse_written("سه‌شنبه ۱۶ اردیبهشت ۱۴۱۰ ساعت ۲۱:۱۴") is None  # the word for hour may also be a place
    assert parse_written("۱۶ اردیبهشت ۱۴۱۰") == datetime(2031, 5, 6, tzinfo=UTC)
    assert parse_written("۱۶ اردیبهشت ۲۰۳۱") is None
