"""Choose the marks of a time axis: whole minutes, hours, days, months or years in UTC, few enough for a phone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

#: Marks of an axis: five times of day, 35 pixels each, fit into 350.
_MOST_MARKS = 5
#: Percent of the drawing that a date takes: 28 Feb 2026 has 72 of 350 pixels, a phone's width, in the widest font seen.
DATE_WIDTH = 20.6
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_STEPS = (
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 7, 14)),
)
#: Months between marks where days are too short.
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
#: Weeks begin on a Monday.
_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TimeMark:
    """A mark at ``x`` with its labels: ``clock``, empty for days, and ``date``.

    The date is empty where the mark before has the same, or where it would touch that of the next mark.
    """

    x: float
    at: datetime
    clock: str
    date: str

    @property
    def date_x(self) -> float:
        """Where the middle of the date is: at the mark, but inside the drawing."""
        return min(max(self.x, DATE_WIDTH / 2), 100 - DATE_WIDTH / 2)


def time_marks(first: datetime, last: datetime, left: float, right: float) -> list[TimeMark]:
    """Return the marks between two times, which are at ``left`` and ``right``; one moment has one mark."""
    first, last = first.astimezone(UTC), last.astimezone(UTC)
    if first == last:
        return [TimeMark(left, first, f"{first:%H:%M}", _date(first))]
    times, has_clock = _times(first, last)
    marks: list[TimeMark] = []
    shown = None
    for at in times:
        x = left + (at - first) / (last - first) * (right - left)
        marks.append(TimeMark(x, at, f"{at:%H:%M}" if has_clock else "", "" if at.date() == shown else _date(at)))
        shown = at.date()
    return _without_touching_dates(marks)


def _without_touching_dates(marks: Sequence[TimeMark]) -> list[TimeMark]:
    """Return the marks without each date that touches a later one: at midnight the new date is what matters."""
    kept: list[TimeMark] = []
    end = 100 + DATE_WIDTH
    for mark in reversed(marks):
        touches = mark.date and mark.date_x + DATE_WIDTH > end
        kept.append(replace(mark, date="") if touches else mark)
        if kept[-1].date:
            end = mark.date_x
    return kept[::-1]


def _date(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _times(first: datetime, last: datetime) -> tuple[list[datetime], bool]:
    """Return the times of the marks, and whether they have a time of day."""
    for step in _STEPS:
        times = list(_steps(first, last, step)) if (last - first) / step <= _MOST_MARKS + 1 else []
        if 0 < len(times) <= _MOST_MARKS:
            return times, step < _DAY
    length = 12 * (last.year - first.year) + last.month - first.month
    for months in _MONTHS:
        times = list(_month_starts(first, last, months)) if length // months <= _MOST_MARKS else []
        if 0 < len(times) <= _MOST_MARKS:
            return times, False
    # less than a minute, or between two marks
    return [first, last], last - first < _DAY


def _steps(first: datetime, last: datetime, step: timedelta) -> Iterator[datetime]:
    at = _MONDAY - (_MONDAY - first) // step * step
    while at <= last:
        yield at
        if at > datetime.max.replace(tzinfo=UTC) - step:
            return
        at += step


def _month_starts(first: datetime, last: datetime, months: int) -> Iterator[datetime]:
    number = -(-(first.year * 12 + first.month - 1) // months) * months
    while number // 12 <= last.year:
        at = datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)
        if first <= at <= last:
            yield at
        number += months
