"""Text of any Unicode form in; NFC out, with `\\n` for line ends and without characters that nobody sees.

Quotes and dashes stay as they are: they are the author's. Soft hyphens are the hyphen step's evidence.
"""

import re
import unicodedata

import re2

from worker.clean.facts import Done, Facts

_LINE_ENDS = "\r\n|[\r\x0b\x1c-\x1e\x85\u2028\u2029]"
#: NUL and the other controls, zero-width marks, bidi marks, tag characters, the object replacement character.
_UNSEEN = "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u180e\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffc]"
#: Joiners mean something in Arabic, Indic scripts and emoji, nothing beside Latin letters.
_JOINERS = "(?<=[ -\u024f])[\u200c\u200d]|[\u200c\u200d](?=[ -\u024f])"
_SPACES = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
}  # fmt: skip

_ODD_ASCII = re.compile("[\x00-\x08\x0b\r\x0e-\x1f\x7f]")
_ODD = re.compile(
    f"(?P<line>{_LINE_ENDS})|(?P<unseen>{_UNSEEN}|{_JOINERS})|(?P<space>{_SPACES})|(?P<ligature>[\ufb00-\ufb06])"
)
#: The same characters as one class, which is searched twenty times as fast.
_GUARD = re2.compile(
    "[\x00-\x08\x0b\r\x0e-\x1f\x7f-\u00a0\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufb00-\ufb06\ufeff\ufff9-\ufffc]"
)
_REPLACEMENT = {"line": "\n", "unseen": "", "space": " "}


def normalise_characters(text: str, _facts: Facts) -> Done:
    """Unify line ends and spaces, drop invisible characters, spell ligatures out, compose accents."""
    if text.isascii():
        return Done(*_ODD.subn(_replaced, text)) if _ODD_ASCII.search(text) else Done(text, 0)
    normal, count = _ODD.subn(_replaced, text) if _GUARD.search(text) else (text, 0)
    if not unicodedata.is_normalized("NFC", normal):
        normal = unicodedata.normalize("NFC", normal)
        count += 1
    return Done(normal, count)


def _replaced(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    return _LIGATURES[match.group()] if kind == "ligature" else _REPLACEMENT[kind]
