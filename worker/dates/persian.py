"""Convert days of the Solar Hijri calendar of Iran and Afghanistan, whose papers write no other."""

from datetime import date
from functools import cache

#: Names of the months in Iran, then in Afghanistan.
_MONTHS = (
    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
    "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
)
#: Years of newspapers of our time. The rule of 33 years agrees with the calendar of Iran from 1178 to 1633.
_YEARS = range(1300, 1500)
#: The ordinal of the last day before that year.
_EPOCH_YEAR, _EPOCH = 1375, date(1996, 3, 20).toordinal() - 1


def persian_month(word: str) -> int:
    """Return the number of the month that ``word`` names, 0 if it names none."""
    return _numbers().get(word, 0)


def from_persian(year: int, month: int, day: int) -> date:
    """Return the day in the Gregorian calendar; raise ValueError if there is no such day."""
    if (
        year not in _YEARS
        or not 1 <= day <= (31 if month <= 6 else 30)
        or (month == 12 and day == 30 and not _is_leap(year))
    ):
        raise ValueError("no day of this calendar")
    passed = (month - 1) * 31 - max(month - 7, 0)
    return date.fromordinal(_new_year(year) + passed + day)


def _new_year(year: int) -> int:
    """Return the ordinal of the day before the first of ``year``."""
    years = year - _EPOCH_YEAR
    cycles, rest = divmod(years, 33)
    return _EPOCH + cycles * (33 * 365 + 8) + rest * 365 + sum(_is_leap(_EPOCH_YEAR + passed) for passed in range(rest))


def _is_leap(year: int) -> bool:
    return year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)


@cache
def _numbers() -> dict[str, int]:
    return {name: number for names in _MONTHS for number, name in enumerate(names.split(), start=1)}
