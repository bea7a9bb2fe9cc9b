"""Parse the dates in the fields of feeds, agencies, scrapers and databases: text, numbers, and objects around these.

Only unambiguous values are accepted: the right moment or none.
"""

import re
from datetime import UTC, datetime, timedelta

from worker.dates.labelled import parse_labelled
from worker.dates.unset import set_or_none
from worker.dates.written import parse_written

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DOTNET = re.compile(r"\\?/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\\?/")
_DECIMAL = re.compile(r"(\d{9,10})\.\d{1,9}")
#: Objects in which databases and JSON-LD wrap a date.
_WRAPPERS = ("$date", "@value", "$numberLong", "_seconds", "seconds", "datetime", "iso")
#: Digits of a count since 1970 -> how many of it are a second; the shorter of each pair is before 2001. Eleven digits
#: are 1970 in milliseconds, or seconds after the year 2286.
_UNITS = {9: 1, 10: 1, 12: 1_000, 13: 1_000, 15: 1_000_000, 16: 1_000_000}
#: The length of a date's digits -> its form. 8: a database's day; 14: web archives.
_FORMS = {8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
#: Years of which ten or twelve digits may be a date. Ten such digits are also seconds in 2033 to 2036, so they are
#: none; twelve are also milliseconds in 1976, which no system recorded.
_DIGITAL_YEARS = range(1990, 2100)


def parse(value: object) -> datetime | None:
    """Return ``value`` (text, a number, or an object around one) as an aware UTC datetime.

    A time without a zone is read as UTC. Return None if the value is not a date, is ambiguous or means "not set".
    """
    try:
        moment = _parse(value)
        return set_or_none(moment) if moment else None
    except (ValueError, OverflowError, TypeError):
        return None


def _parse(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    if isinstance(value, dict):
        return next((_parse(value[name]) for name in _WRAPPERS if name in value), None)
    return _from_text(value[:200].strip()) if isinstance(value, str) else None


def _from_text(text: str) -> datetime | None:
    if text.isdecimal() and len(text) >= 8:
        return _from_digits(str(int(text[:20])) if text[0] != "0" else text)
    if decimal := _DECIMAL.fullmatch(text):
        return _from_digits(decimal[1])
    if dotnet := _DOTNET.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(dotnet[1]))
    return parse_written(text) or parse_labelled(text)


def _from_number(number: float) -> datetime | None:
    if number < 100_000_000 and not (isinstance(number, int) and len(str(number)) == 8):
        return None  # before 1973: a year, an age, an id or "not set"
    return _from_digits(str(int(number)))


def _from_digits(digits: str) -> datetime | None:
    """Return the moment of a number of 8 to 17 digits: those of a date, or a count since 1970."""
    if len(digits) == 17:  # with milliseconds
        digits = digits[:14]
    as_date = _date_of(digits)
    if len(digits) in (8, 14):
        return as_date
    if as_date is not None:
        return as_date if len(digits) == 12 else None
    units = _UNITS.get(len(digits))
    return _EPOCH + timedelta(microseconds=int(digits) * 1_000_000 // units) if units else None


def _date_of(digits: str) -> datetime | None:
    form = _FORMS.get(len(digits))
    try:
        moment = datetime.strptime(digits, form).replace(tzinfo=UTC) if form else None
    except ValueError:
        return None
    return moment if moment and (moment.year in _DIGITAL_YEARS or len(digits) in (8, 14)) else None
