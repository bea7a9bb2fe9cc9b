"""Repair text that was decoded with the wrong encoding.

Surrogates can't be stored. UTF-8 decoded as a Western code page is repaired word by word, where ftfy judges that a word
is damaged: capitals before a closing quotation mark (``MILJØ”``) look like damage and are none.
"""

import re
from collections.abc import Iterator
from itertools import islice

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import badness

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
#: The last letter of a word in capitals, and the mark behind it. ``Â»`` and ``Â°`` are always damage.
_CLOSED_CAPITAL = re.compile(
    "(?:(?<=[A-ZÀ-ÖØ-Þ])|(?<!\\w))(?:Â(?![\u00a0-\u00bf])|[ÃÄÅÎÏÐÑØÙ])([”“’‘„‚…»«›‹™](?!\\w)|[–—])"
)
#: closing mark -> the marks that open such a quotation, in any language
_OPENERS = {"”": "“„”", "“": "„", "’": "‘‚’", "‘": "‚", "»": "«»", "«": "»", "›": "‹›", "‹": "›"}
#: No word mixes Latin letters with others.
_MIXED = re.compile("[A-Za-zÀ-ɏ][\u0370-\u07ff]|[\u0370-\u07ff][A-Za-zÀ-ɏ]|[\u0080-\u009f]")
_LETTER = re.compile("[ß-öø-\u024f\u0370-\u1fff]")
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
    words = list(islice(_wrong_words(text), MAX_CHANGES + 1))
    if len(words) > MAX_CHANGES:
        return StepResult(text, 0)
    fixed = {span: _fix_bad_word(text[slice(*span)]) for span in words if not _may_be_sound(text, *span)}
    if not any(fixed.values()):
        return StepResult(text, 0)
    pieces: list[str] = []
    start = 0
    mixed = _has_sound_letters(text, words)
    for first, end in words:
        # In a text with certain damage, what alone proves nothing is damage too.
        keep = _may_be_sound(text, first, end) and (mixed or _is_quoted(text, first, end))
        repaired = fixed.get((first, end)) or ("" if keep else _decode_again(text[first:end]))
        if repaired:
            pieces += (text[start:first], repaired)
            start = end
    return StepResult("".join([*pieces, text[start:]]), len(pieces) // 2)


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


def _may_be_sound(text: str, first: int, end: int) -> bool:
    """Return whether the only wrong pairs of a word are a last capital and the closing mark behind it: ``MILJØ”``."""
    word = text[first:end]
    rest = _CLOSED_CAPITAL.sub("", word)
    return rest != word and not _WRONG_PAIR.search(rest)


def _is_quoted(text: str, first: int, end: int) -> bool:
    """Return whether the word ends a quotation in capitals that begins shortly before it."""
    closing = _CLOSED_CAPITAL.search(text, first, end)
    before = text[max(0, first - LONGEST_WORD) : closing.start(1)] if closing else ""
    return closing is not None and any(mark in before for mark in _OPENERS.get(closing[1], ""))


def _has_sound_letters(text: str, words: list[tuple[int, int]]) -> bool:
    """Return whether a word without wrong pairs has a letter above ASCII: only a part of the text is damaged."""
    ends = [0, *(end for _, end in words)]
    return any(
        _LETTER.search(text, start, first) for start, (first, _) in zip(ends, [*words, (len(text), 0)], strict=True)
    )


def _fix_bad_word(word: str) -> str:
    """Return ``word`` repaired; empty if ftfy does not judge it to be damaged, or can't repair it."""
    if len(word) > LONGEST_WORD or not (bad := badness(word)):
        return ""
    repaired = _decode_again(word)
    if not repaired or badness(repaired) >= bad:  # ftfy's repair is a hundred times as slow
        repaired = fix_encoding(word, _CONFIG)
    return "" if repaired == word else repaired


def _decode_again(word: str) -> str:
    """Return ``word`` decoded as UTF-8; empty if it isn't UTF-8, or would mix scripts or contain controls."""
    try:
        decoded: str = word.encode("sloppy-windows-1252").decode()
    except UnicodeError:
        return ""
    return "" if len(word) > LONGEST_WORD or _MIXED.search(decoded) else decoded
