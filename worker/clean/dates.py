"""Parse dates as web pages print them above a text: with time and zone if both are understood, else the day alone."""

import re
from datetime import UTC, datetime

from worker.dates.unset import set_or_none
from worker.dates.words import month_and_weekday
from worker.dates.written import parse_written

_ISO = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?")
_DAY_FIRST = re.compile(r"\b(\d{1,2})\.?(?:st|nd|rd|th)?(?: de| of)? ([^\W\d]{3,12})\.?,?(?: de)? (\d{4})\b")
#: Written with stops, the day comes first in every language.
_NUMBERS = re.compile(r"\b(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([^\W\d]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")

#: A day and a year have at least five digits. Most datelines have none or a day alone, and need not be parsed.
_FEWEST_DIGITS = 5


def parse_date(text: str) -> datetime | None:
    """Return the date in ``text`` in UTC, or None.

    It is midnight of the first day in ``text`` if there is more in it than a date, or a zone that is not known.
    """
    # other scripts have signs that stand for several digits
    if text.isascii() and sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return None
    moment = parse_written(text) or _first_day(text)
    return set_or_none(moment) if moment else None


def _first_day(text: str) -> datetime | None:
    if iso := _ISO.search(text):
        return _midnight(int(iso[1]), int(iso[2]), int(iso[3] or 1))
    if numbers := _NUMBERS.search(text):
        return _midnight(int(numbers[3]), int(numbers[2]), int(numbers[1]))
    if written := _DAY_FIRST.search(text):
        day, name, year = written.groups()
    elif written := _MONTH_FIRST.search(text):
        name, day, year = written.groups()
    else:
        return None
    return _midnight(int(year), month_and_weekday(name)[0], int(day))


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
