"""Dates are read as the moment that they name, or not at all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.dates.unset import set_or_none
from worker.dates.written import parse_written

MORNING = datetime(2033, 5, 17, 6, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2033-05-17T08:40:00+02:00[Europe/Madrid]",
        "2033-05-17T08:40[Europe/Madrid]",
        "2033-05-17 06:40:00 UTC",
        "2033-05-17T08:40:00 +02:00",
        "2033/05/17 06:40",
        "2033:05:17 06:40:00",
        "Tue, 17 May 2033 08:40:00 CEST",
        "Tue, 17 May 33 08:40 +0200",
        "Tuesday, 17-May-33 06:40:00 GMT",
        "Tue, 17 May 2033 08:40:00 GMT+2",
        "Tue, 17 May 2033 08:40:00 +02:00",
        "Tue May 17 2033 08:40:00 GMT+0200 (Central European Summer Time)",
        "Tue May 17 02:40:00 EDT 2033",
        "May 17, 2033 at 2:40 a.m. ET",
        "2:40 AM EDT, May 17, 2033",
        "May 16, 2033 11:40 PM Pacific Daylight Time",
        "0640 GMT 17 May 2033",
        "17.05.2033, 08.40 Uhr MESZ",
        "Dienstag, 17. Mai 2033, 8:40 Uhr (MESZ)",
        "mar. 17 mai 2033 à 08h40 CEST",
        "17 de mayo de 2033 06:40",
        "17 мая 2033 г., 09:40 MSK",
        "2033年5月17日(火) 15時40分 JST",
        "2033년 5월 17일 오후 3:40 KST",
        "17 พ.ค. 2576 13:40 ICT",
        "2033. május 17. 08:40 CEST",
        "17 tháng 5, 2033 06:40",
        "17 مايو 2033 06:40",
        "17 de mayo de 2033 a las 6:40 a. m.",
        "17. maja 2033 ob 06.40",
        "2033. gada 17. maijs plkst. 06.40",
        "17 พฤษภาคม 2576 06:40 น.",
        "Tue, 17 May 2033 12:10:00 IST",
        "Tue, 17 May 2033 07:40:00 BST",
        "Tue, 17 May 2033 13:40:00 WIB",
    ],
)
def test_one_moment_in_many_forms(written: str) -> None:
    """Zone names, offsets, regions, twelve-hour times and names of months in many languages are read."""
    assert parse_written(written) == MORNING


@pytest.mark.parametrize(
    "written",
    [
        "2033-05-17",
        "17.05.2033",
        "17/05/2033",
        "05/17/2033",
        "mardi 17 mai 2033",
        "17. května 2033",
        "17 maja 2033",
        "17. toukokuuta 2033",
        "17 Mayıs 2033",
        "17 Μαΐου 2033",
        "2033年5月17日",
        "令和15年5月17日",
        "民國122年5月17日",
    ],
)
def test_a_day_is_its_midnight(written: str) -> None:
    """A date without a time is midnight in UTC."""
    assert parse_written(written) == datetime(2033, 5, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "05/06/2033",
        "05-06-2033 08:40",
        "17 listopada 2033",  # October in Croatian, November in Polish
        "Tue, 17 May 2033 08:40:00 AST",  # Halifax or Riyadh
        "Mon, 17 Jan 2033 08:40:00 BST",
        "Tue May 17 08:40:00 CST 2033",  # Chicago, or Java in China
        "Tue, 17 May 2033 08:40:00 QQT",
        "Tue, 17 May 2033 08:40:00 B",
        "Tue, 17 May 2033 08:40:00 0200",
        "Tue, 17 May 2033 08:40:00 +27:00",
        "2033-10-30T02:30[Europe/Madrid]",  # twice
        "2033-03-27T02:30[Europe/Madrid]",  # never
        "2033-05-17T08:40[Europe/Atlantis]",
        "May 17, 2033 8:40 AM local time",
        "2033-05-17 08:40 - 09:40",
        "17 May 2033 and 18 May 2033",
        "17 May 60 08:40 GMT",
        "17 May 2033 15:40 AM",
        "17 رمضان 1455",
        "2033-05",
        "17 May",
        "8:40 PM",
        "2033-05-32",
        "soon",
    ],
)
def test_what_is_not_one_moment_is_none(written: str) -> None:
    """Two readings, an unknown zone or word, and an incomplete date give no date."""
    assert parse_written(written) is None


MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda m: m.replace(microsecond=0))  # noqa: DTZ001
ZONES = st.integers(-48, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
FORMS = (
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y/%m/%d %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %Y %H:%M:%S GMT%z",
    "%a %b %d %H:%M:%S GMT%z %Y",
    "%B %d, %Y %I:%M:%S %p %z",
    "%d.%m.%Y %H:%M:%S %z",
    "%H:%M:%S %z, %d %B %Y",
)


@given(moment=MOMENTS, zone=ZONES, form=st.sampled_from(FORMS))
def test_what_is_printed_is_read_back(moment: datetime, zone: timezone, form: str) -> None:
    """Any moment in any zone and form is read as that moment."""
    assert parse_written(moment.replace(tzinfo=zone).strftime(form)) == moment.replace(tzinfo=zone)


PIECES = st.sampled_from(
    "17 2033 05 May mai Tue 08:40 8 PM am GMT +2 +0200 EST Z T - / . , : ( ) [Europe/Oslo] 年 Uhr d. 33 \u0664".split()
)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]))
def test_any_text_is_a_utc_moment_or_none(pieces: list[str], gap: str) -> None:
    """No string raises an error, and what is read is in UTC."""
    parsed = parse_written(gap.join(pieces))
    assert parsed is None or parsed.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "zero", ["0001-01-01T00:00:00Z", "1970-01-01T01:00:00+01:00", "1899-12-30", "1900-01-01", "9999-12-31T23:59:59"]
)
def test_zeros_of_programs_are_not_set(zero: str) -> None:
    """Year 1, 1970 and other zeros of programs mean that no date is set."""
    moment = parse_written(zero)
    assert moment
    assert set_or_none(moment) is None


def test_old_papers_keep_their_dates() -> None:
    """Days next to a program's zero, and the years of the first papers, are dates."""
    for day in ("1970-01-03", "1969-12-30", "1900-01-03", "1605-09-12", "1815-06-18"):
        moment = parse_written(day)
        assert moment
        assert set_or_none(moment) == moment
