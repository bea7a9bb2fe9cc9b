"""Dates as feeds, agencies and scrapers write them are parsed if they are unambiguous."""

from datetime import UTC, datetime

import pytest

from worker.formats.dates import parse

EVENING = datetime(2026, 1, 31, 18, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-31T18:25:00Z",
        " 2026-01-31 18:25 ",
        "20260131T182500",
        "2026-01-31T19:25:00+01:00",
        "Sat, 31 Jan 2026 19:25:00 +0100",
        datetime(2026, 1, 31, 18, 25),  # noqa: DTZ001  a date without a zone is tested here
        "20260131182500",
        20260131182500,
        1769883900,
        1769883900.0,
        1769883900000,
        "1769883900",
        "1769883900000",
        "1769883900.0",
        1769883900000000,
        202601311825,
        "202601311825",
        "20260131182500000",
        "/Date(1769883900000+0200)/",
        {"$date": "2026-01-31T18:25:00Z"},
        {"$date": {"$numberLong": "1769883900000"}},
        {"@type": "http://schema.org/DateTime", "@value": "2026-01-31T18:25:00Z"},
        "Sat, 31 Jan 2026 19:25:00 CET",
        "2026-01-31T19:25:00+01:00[Europe/Rome]",
    ],
)
def test_one_time_in_many_forms(written: object) -> None:
    """Text, digits of a date, counts since 1970 and objects around these give the same time in UTC."""
    assert parse(written) == EVENING


def test_a_day_as_a_number() -> None:
    """Eight digits are a day, not seconds in 1970."""
    assert parse(20260131) == parse("20260131") == datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("month", range(1, 13))
def test_milliseconds_are_not_read_as_a_date(month: int) -> None:
    """Milliseconds since 1970 whose digits also spell a day of the year 1712 are a time in 2024."""
    parsed = parse(f"1712{month:02}2341123")
    assert parsed
    assert parsed.year == 2024


@pytest.mark.parametrize(
    "written",
    [
        "03/04/2022",
        "31 January",
        "2026",
        "20261331000000",
        "99999999999999999999",
        "²²²²²²²²²",
        "",
        True,
        None,
        [],
        1e30,
        float("nan"),
        2026,
        2026013118,
        12345678901,
        {"date": "2026-01-31"},
        # what programs send where no date is set
        0,
        "0",
        -62135596800,
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Wed, 31 Dec 1969 19:00:00 EST",
    ],
)
def test_ambiguous_dates_are_not_parsed(written: object) -> None:
    """An ambiguous value, one that is not a date, and one that means "not set" give None."""
    assert parse(written) is None
