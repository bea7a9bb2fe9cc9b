"""Repair text that was decoded with the wrong encoding.

Surrogates can't be stored. UTF-8 decoded as a Western code page is repaired word by word, with ftfy if needed.
"""

import re
from collections.abc import Iterator
from itertools import islice

from ftfy import TextFixerConfig, fix_encoding

from worker.clean.metadata import MAX_CHANGES, Metadata, StepResult

_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

_LEADS = "\u00c2-\u00c5\u00ce-\u00d1\u00d8\u00d9\u00e2\u00e3\u00f0"
_CONTINUATIONS = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
#: UTF-8 decoded as Windows-1252 or Latin-1: the character of a lead byte, then that of a continuation byte.
WRONG_PAIR = f"[{_LEADS}][{_CONTINUATIONS}]"
_WRONG_PAIR = re.compile(WRONG_PAIR)
_BLANKS = " \n\t"
_NON_BLANK = re.compile(f"[^{_BLANKS}]*+")
#: ftfy takes about 1 µs a character; a longer word is hostile or data, and is left unchanged.
LONGEST_WORD = 200

#: For ``fix_encoding``, which repairs only the encoding, not quotes, widths and ligatures.
_CONFIG = TextFixerConfig(unescape_html=False)


def fix_surrogates(text: str, _metadata: Metadata) -> StepResult:
    """Join surrogate pairs that a JSON parser left separate; replace lone surrogates by U+FFFD."""
    if text.isascii() or not _has_surrogates(text):
        return StepResult(text, 0)
    text, pairs = _PAIR.subn(_join_pair, text)
    text, lone = _SURROGATE.subn("\ufffd", text)
    return StepResult(text, pairs + lone)


def _join_pair(match: re.Match[str]) -> str:
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def fix_mojibake(text: str, _metadata: Metadata) -> StepResult:
    """Repair UTF-8 that was decoded as a single-byte code page."""
    pieces: list[str] = []
    start = 0
    for first, end in islice(_wrong_words(text), MAX_CHANGES + 1):
        word = text[first:end]
        if len(word) <= LONGEST_WORD and (fixed := _fix_word(word)) != word:
            pieces += (text[start:first], fixed)
            start = end
    count = len(pieces) // 2
    return StepResult("".join([*pieces, text[start:]]), count) if count <= MAX_CHANGES else StepResult(text, 0)


def _wrong_words(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each word with a wrong pair; linear, because no blank is searched for twice."""
    end = 0
    for pair in _WRONG_PAIR.finditer(text):
        position = pair.start()
        if position >= end:
            start = max(text.rfind(blank, end, position) for blank in _BLANKS) + 1
            rest = _NON_BLANK.match(text, position)
            end = rest.end() if rest else position
            yield start, end


def _fix_word(word: str) -> str:
    """Return ``word`` repaired; use ftfy, which is a hundred times as slow, only if plain decoding fails."""
    try:
        return word.encode("sloppy-windows-1252").decode()
    except UnicodeError:
        fixed: str = fix_encoding(word, _CONFIG)
        return fixed
