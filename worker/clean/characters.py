r"""Normalise characters: NFC, ``\n`` as the line end, no invisible characters.

Quotes and dashes are the author's and are kept. Soft hyphens are kept as evidence for the hyphen step.
"""

import re
import unicodedata

import re2

from worker.clean.metadata import Metadata, StepResult

_LINE_ENDS = "\r\x0b\x1c\x1d\x1e\x85\u2028\u2029"
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip
#: Other odd characters are dropped: controls, zero-width and bidi marks, object replacement characters.
_REPLACEMENTS = dict.fromkeys(_LINE_ENDS, "\n") | dict.fromkeys(_SPACES, " ") | _LIGATURES

_ODD_ASCII = "\\x00-\\x08\\x0b\\r\\x0e-\\x1f\\x7f"
_ODD_CLASS = (
    f"[{_ODD_ASCII}\u0080-\u00a0\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\ufb00-\ufb06\ufeff\ufff9-\ufffc]"
)
_ODD = re.compile(_ODD_CLASS)
_ODD_IN_ASCII = re.compile(f"[{_ODD_ASCII}]")
#: The same as ``_ODD`` on RE2, which rejects a text in half the time.
_ODD_RE2 = re2.compile(_ODD_CLASS)
#: Joiners are meaningful in Arabic, Indic scripts and emoji, but not next to Latin letters.
_JOINERS = re.compile("[\u200c\u200d]+")
_LATIN_END = "\u024f"


def normalise_characters(text: str, _metadata: Metadata) -> StepResult:
    """Unify line ends and spaces, drop invisible characters, expand ligatures, compose accents."""
    ascii_only = text.isascii()
    count = text.count("\r\n") if "\r" in text else 0
    if count:  # before a character between the two is dropped
        text = text.replace("\r\n", "\n")
    odd = (_ODD_IN_ASCII if ascii_only else _ODD_RE2).search(text)
    while odd:
        position, character = odd.start(), odd.group()
        count += text.count(character)
        text = text.replace(character, _REPLACEMENTS.get(character, ""))
        odd = _ODD.search(text, position)  # all characters before it are normal
    if ascii_only:
        return StepResult(text, count)
    if "\u200c" in text or "\u200d" in text:
        before, text = text, _JOINERS.sub(_keep_non_latin_joiners, text)
        count += len(before) - len(text)
    if not unicodedata.is_normalized("NFC", text):
        text, count = unicodedata.normalize("NFC", text), count + 1
    return StepResult(text, count)


def _keep_non_latin_joiners(match: re.Match[str]) -> str:
    start, end = match.span()
    neighbours = match.string[max(0, start - 1) : start], match.string[end : end + 1]
    return "" if any(neighbour <= _LATIN_END for neighbour in neighbours) else match.group()
