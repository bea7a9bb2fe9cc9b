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
    ],
)
def test_one_time_in_many_forms(written: object) -> None:
    """ISO 8601, RFC 2822, the digits of web archives, seconds and milliseconds give the same time in UTC."""
    assert parse(written) == EVENING


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
    ],
)
def test_ambiguous_dates_are_not_parsed(written: object) -> None:
    """An ambiguous day, and a value that is not a date, give None."""
    assert parse(written) is None
