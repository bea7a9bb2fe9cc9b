"""Two headlines that differ only in the period that they name announce two editions of a recurring report.

Statistics, markets, tenders and listings print most of their words again each month. A headline with another month,
quarter, week, year, day or number says more than what the texts share.
"""

import re
from functools import cache, lru_cache
from typing import Final

from worker.dates.words import month_and_weekday
from worker.language.marks import combining_marks

#: Thai has no spaces around the months, so that they are looked for inside.
_THAI_MONTH: Final = "(?:มกราคม|กุมภาพันธ์|มีนาคม|เมษายน|พฤษภาคม|มิถุนายน|กรกฎาคม|สิงหาคม|กันยายน|ตุลาคม|พฤศจิกายน|ธันวาคม)"
#: Days of the week between words without blanks.
_EAST_ASIAN_DAY: Final = "(?:[月火水木金土日]曜日?|(?:星期|礼拜|周|週)[一二三四五六日天]|[월화수목금토일]요일)"
_INSIDE: Final = f"(?:{_THAI_MONTH}|{_EAST_ASIAN_DAY})"
#: The shortest month name that is looked for in front of an ending, and the longest ending, in letters.
_ENDED_MONTH: Final = 4
_ENDING: Final = 5
#: An ending takes the vowels of its word in Finnish, Hungarian and Turkish.
_HARMONY: Final = str.maketrans("eäöü", "aaou")
_YEAR: Final = re.compile(r"(?:19|20)\d\d[年년]?")
_QUARTER: Final = re.compile(r"q([1-4])|([1-4])q")
_DAY: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th|er|º|ª|[日일])?")
_EAST_ASIAN_MONTH: Final = re.compile(r"(\d{1,2})[月월]")
_ORDINALS: Final = {
    word: str(number)
    for number, words in enumerate(
        ("1 1st first erstes primer premier", "2 2nd second zweites segundo", "3 3rd third drittes tercer",
         "4 4th fourth viertes cuarto"), start=1)
    for word in words.split()
}  # fmt: skip
_QUARTERS: Final = frozenset("quarter qtr quartal trimestre trimester kvartal kvartalet kwartal kwartaal".split())
#: Words behind which a number names an edition.
_WEEKS: Final = frozenset("week wk woche kw semaine semana settimana uke uge vecka viikko týden hafta".split())
_NUMBERED: Final = frozenset("no nr issue edition ausgabe nummer número numéro numero núm".split())

#: With another of these a headline may report the same event a day later, with another figure: "12 dead on Monday".
_DAYS: Final = frozenset(("day", "weekday"))
#: Two dates of four words each, such as "Monday 9 March 2031".
_MOST_WORDS: Final = 8
#: What a headline names, each as its kind and its value, and its other words.
Periods = tuple[frozenset[tuple[str, str]], tuple[str, ...]]


def name_other_periods(headline: str | None, other: str | None) -> bool:
    """Return whether two headlines have the same words, and name two periods of one kind, as March and April."""
    if not headline or not other or headline == other:
        return False
    if len(set(_words(headline)) ^ set(_words(other))) > _MOST_WORDS:
        return False  # as most pairs of headlines
    named, words = _periods(headline)
    also, same = _periods(other)
    kinds = {kind for kind, _ in named - also} & {kind for kind, _ in also - named}
    if not words or not kinds:
        return False
    return words == same or (not kinds <= _DAYS and _without_figures(words) == _without_figures(same) != ())


def _without_figures(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not word[0].isdigit())


def _words(headline: str) -> list[str]:
    return _word().findall(headline.casefold())


@cache
def _word() -> re.Pattern[str]:
    """Return the pattern of a word; parts of East Asian dates, and numbers with the letters behind them, are words."""
    letter = rf"(?:[^\W\d_]|[{combining_marks()}])"
    return re.compile(rf"\d+[年月日년월일]|\d+{letter}*|{_INSIDE}|(?:(?!{_INSIDE}){letter})+(?:['’]{letter}+)?")


@lru_cache(maxsize=1024)
def _periods(headline: str) -> Periods:
    words = _words(headline)
    named = {i: period for i, word in enumerate(words) if (period := _period(words, i, word))}
    days = {
        i: ("day", words[i])
        for i in range(len(words))
        if i not in named and _DAY.fullmatch(words[i]) and _is_beside_date(named, i)
    }
    rest = tuple(word for i, word in enumerate(words) if i not in named and i not in days)
    return frozenset((*named.values(), *days.values())), rest


def _period(words: list[str], i: int, word: str) -> tuple[str, str] | None:
    """Return the kind and value of the period that a word names with the words next to it, or None."""
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    if _YEAR.fullmatch(word):
        return "year", word[:4]
    if found := _QUARTER.fullmatch(word):
        return "quarter", found[1] or found[2]
    if word in _ORDINALS and after in _QUARTERS:
        return "quarter", _ORDINALS[word]
    if word.isdigit() and before in _WEEKS:
        return "week", word
    if word.isdigit() and before in _NUMBERED:
        return "number", word
    if found := _EAST_ASIAN_MONTH.fullmatch(word):
        return "month", found[1]
    if re.fullmatch(_EAST_ASIAN_DAY, word):
        return "weekday", word.replace("曜日", "曜")
    return None if word[0].isdigit() else _month_or_weekday(word)


def _month_or_weekday(word: str) -> tuple[str, str] | None:
    month, is_weekday = month_and_weekday(word)
    if month:
        return "month", str(month)
    if is_weekday:  # abbreviated or not: two letters tell the days of one language apart, outside of East Asia
        return "weekday", word[:2] if word.isascii() else word
    return _inflected_month(word)


def _inflected_month(word: str) -> tuple[str, str] | None:
    """Return the kind and value of a month with an ending or a prefix, whose last letter is part of the kind.

    Both headlines must have it: "márciusban" and "szeptemberben" (Hungarian), "märtsis" and "juunis" (Estonian),
    "Mart'ta" and "Nisan'da" (Turkish), "במרץ" (Hebrew). So "Mayor" is a period only beside "Juneor".
    """
    for end in range(len(word) - 1, max(_ENDED_MONTH, len(word) - _ENDING) - 1, -1):
        if month := month_and_weekday(word[:end])[0]:
            return f"month -{word[-1].translate(_HARMONY)}", str(month)
    if word[0] in "בלמה" and (month := month_and_weekday(word[1:])[0]):
        return f"month {word[0]}-", str(month)
    return None


def _is_beside_date(named: dict[int, tuple[str, str]], i: int) -> bool:
    """Return whether a number is next to a month, or next to a year, as in 2031-04-09."""
    return any(named.get(j, ("", ""))[0] in ("month", "year") for j in (i - 2, i - 1, i + 1))
