"""Read the day of a date: year first, day first with stops, or with the name of the month in any language.

03/04/2031 is a different day in Britain and in the United States, so it is none; 13/04/2031 has one reading.
"""

import re
from datetime import datetime, time

from worker.dates.persian import from_persian, persian_month
from worker.dates.words import month_and_weekday

_YEAR_FIRST = re.compile(r"(\d{4})([-/.:])\s?(\d{1,2})\2\s?(\d{1,2})\.?")
#: In every language of CLDR that separates by stops the day comes first, or the year.
_DAY_FIRST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\.?")
_UNKNOWN_ORDER = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})")
_VIETNAMESE = re.compile(r"\b(?:tháng|thg|th)\s?(\d{1,2})\b", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
#: `9.Apr.2031`, `Apr.9`: stops between a number and a word part them.
_STOP_INSIDE = re.compile(r"(?<=\d)\.(?=\D)|(?<=[^\W\d])\.(?=\d)")
_SEPARATORS = re.compile(r"[\s,;/()|·•–—-]+")
_NUMBER = re.compile(r"(\d{1,4})(\D{0,2})")
_ORDINALS = frozenset(("", "st", "nd", "rd", "th", "er", "º", "ª", "°", "o", "a", "e", "η", "й", "го", "de"))
#: Words around the parts of a date, none of which changes its meaning.
_FILLERS = frozenset(
    "de del di du do le la las el den der das am um at on of the om kl klo à a às as alle ore o i på på y et e"
    " в у о г год года року р m d g gada ob u kell plkst godz ora pukul klockan"
    " στις του saat को في الساعة ngày lúc ที่ เวลา พ.ศ ค.ศ".split()
)
#: Thai papers count years from the Buddha's death.
_BUDDHIST_ERA, _BUDDHIST_FROM = 543, 2400


def parse_day(text: str) -> datetime:
    """Return midnight of the day that ``text`` names; raise ValueError if it is not exactly one."""
    text = " ".join(word for word in text.split() if not _is_filler(word)).strip(" ,;|·•–—-")
    if numbers := _YEAR_FIRST.fullmatch(text):
        return datetime(int(numbers[1]), int(numbers[3]), int(numbers[4]))  # noqa: DTZ001  the caller adds the zone
    if numbers := _DAY_FIRST.fullmatch(text):
        return datetime(int(numbers[3]), int(numbers[2]), int(numbers[1]))  # noqa: DTZ001
    if numbers := _UNKNOWN_ORDER.fullmatch(text):
        return _only_reading(int(numbers[1]), int(numbers[3]), int(numbers[4]))
    return _with_month_name(_VIETNAMESE.sub(_month_name, text))


def _is_filler(word: str) -> bool:
    """Return whether ``word`` can be left out: a preposition, or a day of the week, which follows from the date."""
    word = word.strip(".,;()")
    return word.lower() in _FILLERS or (word[-1:].isalpha() and month_and_weekday(word) == (0, True))


def is_word_of_date(word: str) -> bool:
    """Return whether ``word`` names a month or a day of the week."""
    return month_and_weekday(word) != (0, False)


def _month_name(match: re.Match[str]) -> str:
    number = int(match[1])
    return _MONTHS[number - 1] if 1 <= number <= 12 else match[0]


def _only_reading(first: int, second: int, year: int) -> datetime:
    if first != second and first <= 12 and second <= 12:
        raise ValueError("it is not clear which number is the day")
    day, month = (first, second) if second <= 12 else (second, first)
    return datetime(year, month, day)  # noqa: DTZ001


def _with_month_name(text: str) -> datetime:
    numbers: list[str] = []
    months: list[tuple[int, bool]] = []
    persian: list[int] = []
    for token in _SEPARATORS.split(_STOP_INSIDE.sub(". ", text)):
        number = _NUMBER.fullmatch(token.strip("."))
        if number and number[2].lower() in _ORDINALS:
            numbers.append(number[1])
        elif month := persian_month(token):
            persian.append(month)
        elif token.strip(".") and not _is_filler(token):
            months.append(_month_or_weekday(token))
    certain = {month for month, weekday in months if month and not weekday} or {month for month, _ in months if month}
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if (len(numbers), len(years), len(days), len(certain) + len(persian)) != (2, 1, 1, 1) or len(months) > 2:
        raise ValueError("not one year, one month and one day")
    year = int(years[0])
    if persian:
        return datetime.combine(from_persian(year, persian[0], int(days[0])), time.min)
    return datetime(year - _BUDDHIST_ERA if year > _BUDDHIST_FROM else year, certain.pop(), int(days[0]))  # noqa: DTZ001


def _month_or_weekday(token: str) -> tuple[int, bool]:
    meaning = month_and_weekday(token.removeprefix("d'").removeprefix("d’"))
    if meaning == (0, False):
        raise ValueError("a word that does not belong to a date")
    return meaning
