"""Find a dateline that has a place and a day, above a text of an agency that is not listed, or of no agency.

`Bogotá, 9 abr (Colprensa).-` and `САРАЈЕВО, 9. АПРИЛА /СРНА/ -` name a place, a day and a sign; `München, 9. April
2031 –`, as companies and offices print it, needs the year and the dash.
"""

import re

from worker.clean.agency_forms import Dateline, is_place_and_date
from worker.dates.words import month_and_weekday
from worker.dates.written import parse_written

#: A list of dates (`Oslo, May 9 (Spektrum) - sold out`) has less behind them than a dispatch.
_SHORTEST_SENTENCE = 40
#: A sign has at most four words; none of them is of a date: `Geneva, 9 April (Wednesday) -`.
_SIGN = r"[^\W\d_][^\W\d_.’'-]{1,24}(?:[ .’'-]{1,2}[^\W\d_][^\W\d_.’'-]{0,18}){0,3}\.?"
_DASH = r"[ ]?[.:,]?[ ]?(?:--+|[—–=-]|_)[ ]{0,3}"
_HEAD = r"(?P<head>[^\W\d_a-zß-öø-ÿ][^()（）\[\]\n/]{3,50}?)"
_SIGNED = re.compile(
    rf"{_HEAD}[,.]? ?(?:\((?P<sign>{_SIGN})\)|/ ?(?P<slashed>{_SIGN}) ?/)(?:{_DASH}|[ ]?[.:]?[ ]{{1,3}})"
)
_NAME = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[ /.’'-]{1,2}[^\W\d_]+){0,3}"
_DATED = re.compile(
    rf"(?P<place>{_NAME}(?:, {_NAME})?),? \(?(?:(?:den|am|le|el|il|le) )?(?P<date>[^\n()–—]{{4,22}}\d{{4}})\.?\)?"
    r"(?: [—–-]|[—–]| ?--|(?<=\.)-)[ ]{1,3}(?=[^\Wa-zß-öø-ÿ]|[\"“‘'«„])"
)
#: (台北9日訊) · （記者王小明台北9日電）
_EAST_ASIAN = re.compile(
    r"[（(〔](?:(?:本報|本报)?(?:記者|记者)(?P<byline>[\u4e00-\u9fff]{3}))?"
    r"(?P<place>[\u4e00-\u9fff]{2,6}\d{1,2}日)[電电訊讯][）)〕]\s*(?=\S)"
)
#: What each form needs; most texts have neither, and these are found fifty times as fast.
_DAY = re.compile(r"\d")
_YEAR_AND_DASH = re.compile(r"\d{4}\.?\)? ?[—–-]")
_NUMBERS = re.compile(r"\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{4})?\b")
_WORDS = re.compile(r"[^\W\d_]+")


def find_dated_place(opening: str) -> Dateline | None:
    """Return the place and day at the start of ``opening``, with the sign of an agency if there is one."""
    if not _DAY.search(opening):
        return None
    if match := _EAST_ASIAN.match(opening):
        return Dateline(match.end(), match["place"], None, match["byline"])
    signed = _signed(opening) if "(" in opening or "/" in opening else None
    return signed or (_dated(opening) if _YEAR_AND_DASH.search(opening) else None)


def _signed(opening: str) -> Dateline | None:
    match = _SIGNED.match(opening)
    if match is None:
        return None
    sentence = opening[match.end() :].partition("\n")[0]
    place, sign = match["head"].strip(" ,.-–—"), match["sign"] or match["slashed"]
    # capitals are an agency even where they are a month somewhere: AIB
    is_date = not sign.isupper() and _holds_date_word(sign)
    if is_date or sign[0].islower() or len(sentence) < _SHORTEST_SENTENCE or sentence[0].islower():
        return None
    return Dateline(match.end(), place, sign) if _names_a_day(place) and is_place_and_date(place.split()) else None


def _names_a_day(place: str) -> bool:
    """Return whether ``place`` ends with a day: a number and a month in any language, or two numbers."""
    first, *words = place.split()
    if not words or first[0].isdigit():
        return False
    has_number = any(map(str.isdigit, place))
    named = any(month_and_weekday(word.strip(",."))[0] for word in _WORDS.findall(" ".join(words)))
    return bool(_NUMBERS.search(place)) or (has_number and named)


def _dated(opening: str) -> Dateline | None:
    match = _DATED.match(opening)
    if match is None or parse_written(match["date"]) is None:
        return None
    place = match["place"]
    if _holds_date_word(place) or not is_place_and_date(place.split()):
        return None
    return Dateline(match.end(), f"{place}, {match['date']}")


def _holds_date_word(text: str) -> bool:
    """Return whether a word of ``text`` is a month or a weekday in any language."""
    return any(month_and_weekday(word) != (0, False) for word in _WORDS.findall(text))
