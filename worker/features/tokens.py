"""A text goes in, its words, numbers and sentence ends come out, in the manner of its script.

One compiled pattern a script family: `re` alone takes a Devanagari vowel sign or a Thai tone mark for the end of a word,
and scripts without spaces have no words to find, so their characters are paired.
"""

import re
from typing import Final

#: A number keeps its inner points and commas (`1,000.5`); sentence ends are kept as tokens to tell names from first words.
_SPACED: Final = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[.!?:\n]")

#: The same with combining marks (Arabic vowels, Indic vowel signs, Thai tones) as parts of the word.
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0a81-\u0acd\u0b01-\u0b57\u0b82-\u0bcd\u0c00-\u0c56\u0c81-\u0cd6"
    "\u0d00-\u0d4d\u0d81-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
_MARKED: Final = re.compile(rf"\d+(?:[.,]\d+)+|(?:[^\W_]|[{_MARKS}])+|[.!?:।؟\n]")
_MARKED_LANGUAGES: Final = frozenset("ar bn fa gu he hi kn ml mr ne pa ps sd si ta te ug ur vi yi".split())

#: Runs of Latin letters or digits stay whole; every other character is met with its neighbour (see `_pair`).
_UNSPACED: Final = re.compile(rf"\d+(?:[.,]\d+)*|[A-Za-z]+|(?:[^\W\dA-Za-z_]|[{_MARKS}])+|[.!?:。！？\n]")
UNSPACED_LANGUAGES: Final = frozenset("bo ja km lo my th yue zh".split())


def tokens(text: str, language: str) -> list[str]:
    """Return the words, numbers and sentence-end marks of ``text`` in order; pairs of characters where nothing is spaced."""
    if language in UNSPACED_LANGUAGES:
        return _pair(_UNSPACED.findall(text))
    if language in _MARKED_LANGUAGES:
        return _MARKED.findall(text)
    return _SPACED.findall(text)


def _pair(runs: list[str]) -> list[str]:
    """Split each run of unspaced script into overlapping pairs of characters; leave other tokens whole."""
    out: list[str] = []
    for run in runs:
        if run.isascii() or len(run) < 3:
            out.append(run)
        else:
            out.extend(map("".join, zip(run, run[1:], strict=False)))
    return out
