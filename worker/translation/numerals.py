"""Read the numbers of a text in any language: other digits, thousands and decimal marks, scales such as million.

The value of a number is the same in each language, so that it is evidence that two texts say the same thing.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from worker.translation.number_words import WORDS, scale


class Numeral(NamedTuple):
    """A number with its scale, at ``start`` to ``end`` of the text; ``value`` has at most six significant digits."""

    value: str
    start: int
    end: int


#: Digits of other scripts, full-width digits, and the Arabic marks, each one character as in the text.
_FOLD: Final = {
    first + digit: str(digit)
    for first in (
        0x0660,
        0x06F0,
        0x0966,
        0x09E6,
        0x0A66,
        0x0AE6,
        0x0B66,
        0x0BE6,
        0x0C66,
        0x0CE6,
        0x0D66,
        0x0E50,
        0xFF10,
    )
    for digit in range(10)
} | {0x066B: ".", 0x066C: ",", 0xFF0C: ",", 0xFF0E: ".", 0xFF1A: ":", 0x00A0: " ", 0x202F: " ", 0x2009: " "}
#: Languages that write 41 crore 20 lakh for 412 million.
_SUMS: Final = frozenset({"hi", "bn"})
_SMALLEST_SCALE: Final = 1e3
#: Languages that write 1,234.5; all others are read as writing 1.234,5.
_POINT: Final = frozenset({"en", "ja", "zh", "ar", "hi", "bn", "ko", "th", "ta", "te", "mr", "ur"})
_NUMBER: Final = r"\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d+)?(?!\d)|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d+(?:[.,]\d+)?"
#: A time or a duration with minutes is one number: 3:42, 3h42, 3時42分.
_CLOCK: Final = r"(\d{1,2})(?::|\s?(?:時間?|时|点|小时|h|টা|ঘণ্টা|Uhr|uur|बजकर|घंटे)\s?)(\d{2})(?!\d|:)"
#: It matches at every digit, and no digit follows what it has matched.
_FOUND: Final = re.compile(rf"{_CLOCK}|({_NUMBER})")
_DIGIT: Final = re.compile(r"\d")
#: A word after a number; vowel signs of Indian scripts are no word characters.
_AFTER: Final = re.compile(r"[ -]?([^\s\d!-/:-@]{1,14})")
#: 1億2000万 and 3千万 are one number.
_CHAIN: Final = re.compile(r"(?:\d+(?:\.\d+)?[兆億亿万萬千百]+){2,}(\d+(?![\d.]))?")
_LINK: Final = re.compile(r"(\d+(?:\.\d+)?)([兆億亿万萬千百]*)")
_TENS: Final = {"百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
#: Chinese and Japanese numbers in words count before a counter only: alone they are parts of other words.
_HAN: Final = re.compile(
    r"([二两兩三四五六七八九十]{1,3})(?=[人名个個处処天年月次家座岁歳日周週小分种項项位辆艘架枚条所度カヵか])"
)
_HAN_DIGITS: Final = {"二": 2, "两": 2, "兩": 2} | {sign: n for n, sign in enumerate("三四五六七八九", start=3)}


def fold_digits(text: str) -> str:
    """Return the text with ASCII digits and marks, of the same length."""
    return text if text.isascii() else text.translate(_FOLD)


def numerals(text: str, language: str) -> Iterator[Numeral]:
    """Yield the numbers in digits of a text whose digits are folded, and those of Chinese and Japanese counters."""
    han = language in {"ja", "zh"}
    chains = list(_CHAIN.finditer(text)) if han else []
    for chain in chains:
        value = sum(float(n) * _scale(signs) for n, signs in _LINK.findall(chain[0]))
        yield Numeral(_written(value), *chain.span())
    last: Numeral | None = None
    for found in _in_digits(text):
        if any(chain.start() <= found.start() < chain.end() for chain in chains):
            continue
        numeral = _numeral(found, text, language)
        if last and language in _SUMS and text[last.end : numeral.start] == " " and _is_larger(last, numeral):
            last = _added(last, numeral)
            continue
        if last:
            yield last
        last = numeral
    if last:
        yield last
    if han:
        yield from (Numeral(str(_han_value(found[1])), *found.span(1)) for found in _HAN.finditer(text))


def _in_digits(text: str) -> Iterator[re.Match[str]]:
    """Yield the numbers in digits. To search for a digit first takes a tenth of the time of trying each character."""
    end = 0
    while (digit := _DIGIT.search(text, end)) and (found := _FOUND.match(text, digit.start())):
        yield found
        end = found.end()


def number_word(word: str, language: str) -> str | None:
    """Return the value of a case-folded word for a number of 2 to 20, or None."""
    return WORDS.get(language, {}).get(word)


def _numeral(found: re.Match[str], text: str, language: str) -> Numeral:
    hour, minute, number = found.groups()
    if hour:
        return Numeral(_written(int(hour) + int(minute) / 100), *found.span())
    value, end = _value(number, language), found.end()
    for _ in range(2):  # 37 mil millones
        factor, end = _scale_at(text, end, language)
        value *= factor
    return Numeral(_written(value), found.start(), end)


def _scale_at(text: str, start: int, language: str) -> tuple[float, int]:
    """Return the factor of the scale that follows a number, and where it ends; 1 and ``start`` if there is none."""
    found = _AFTER.match(text, start)
    if not found:
        return 1.0, start
    word = found[1]
    if word[0] in _TENS:
        return (_TENS[word[0]], found.start(1) + 1) if language in {"ja", "zh"} else (1.0, start)
    factor = scale(word, language)
    return (factor, found.end()) if factor else (1.0, start)


def _is_larger(first: Numeral, second: Numeral) -> bool:
    """Return whether both have a scale, and that of the first is larger: 41 crore 20 lakh is one number."""
    return float(first.value) > float(second.value) >= _SMALLEST_SCALE


def _added(larger: Numeral, smaller: Numeral) -> Numeral:
    return Numeral(_written(float(larger.value) + float(smaller.value)), larger.start, smaller.end)


def _value(number: str, language: str) -> float:
    number = number.replace(" ", "").replace("'", "").replace("’", "")
    marks = [sign for sign in number if sign in ".,"]
    if not marks:
        return float(number)
    head, _, tail = number.rpartition(marks[-1])
    repeated = len(marks) > 1 and marks[-1] == marks[0]
    is_decimal = len(tail) != 3 or ((marks[-1] == ".") == (language in _POINT) and len(marks) == 1) or head == "0"
    if len(marks) > 1 and marks[-1] != marks[0]:
        is_decimal = True
    head = head.replace(".", "").replace(",", "")
    return float(f"{head}.{tail}" if is_decimal and not repeated else head + tail)


def _written(value: float) -> str:
    return f"{value:.6g}"


def _scale(signs: str) -> float:
    factor = 1.0
    for sign in signs:
        factor *= _TENS[sign]
    return factor


def _han_value(signs: str) -> int:
    head, ten, tail = signs.partition("十")
    if not ten:
        return int("".join(str(_HAN_DIGITS[sign]) for sign in head))
    return 10 * (_HAN_DIGITS.get(head[-1:], 1) if head else 1) + (_HAN_DIGITS.get(tail[:1], 0) if tail else 0)
