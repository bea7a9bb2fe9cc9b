"""A text goes in, its chunks between spaces come out; a chunk goes in, its words come out.

Parting at spaces is many times as fast as a pattern over the whole text, and the pattern then runs once per distinct
chunk (see `lexicon`). `re` alone takes a Devanagari vowel sign for the end of a word, and
scripts without spaces have no words to find, so there characters are paired.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

#: Marks of Hebrew, Arabic, Indic, Thai, Lao, Burmese and Khmer that belong to the word though `\w` does not match them.
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
#: A number keeps its inner points and commas: `1,000.5` is one word.
_WORDS: Final = re.compile(rf"\d+(?:[.,]\d+)+|(?:[^\W_]|[{_MARKS}])+")
_ENDS: Final = re.compile(r"[.!?:;।؟。！？…]")
#: Signs that often stand behind a word: those of them that end no sentence, and all.
_INSIDE: Final = frozenset(",\"')]”’»")
_BEHIND: Final = "".join(_INSIDE) + ".!?:;…"

#: Latin words and numbers inside unspaced text stay whole; sentence ends stay to part the runs.
_UNSPACED: Final = re.compile(rf"\d+(?:[.,]\d+)*|[A-Za-z]+|(?:[^\W\dA-Za-z_]|[{_MARKS}])+|[.!?:。！？\n]")
UNSPACED_LANGUAGES: Final = frozenset(("bo", "ja", "km", "lo", "my", "th", "yue", "zh"))


def spaced(text: str, language: str) -> str:
    """Return the text with spaces between its chunks, pairs where nothing is spaced; a line's end ends a sentence."""
    if language in UNSPACED_LANGUAGES:
        return " ".join(_pair(_UNSPACED.findall(text))).replace("\n", "-")  # parts runs, though it ends no sentence
    return text.replace("\n", " . ")


def is_of_word(char: str) -> bool:
    """Tell whether a character is part of a word."""
    return _WORDS.match(char) is not None


def ends_sentence(char: str) -> bool:
    """Tell whether a sign behind a word ends its sentence."""
    return _ENDS.match(char) is not None


def words_of(chunk: str) -> tuple[list[str], bool]:
    """Return the words of one chunk and whether it ends a sentence: (["Xi", "Putin"], False) of ``“Xi-Putin``."""
    words = _WORDS.findall(chunk)
    if not words:
        return words, _ENDS.search(chunk) is not None
    tail = chunk[chunk.rfind(words[-1]) + len(words[-1]) :]
    return words, _ENDS.search(tail) is not None


def words_of_all(chunks: Iterable[str]) -> tuple[list[str], list[int], list[int]]:
    """Return the words of chunks, "" for one that has none; how many each has; and which of them end a sentence."""
    words: list[str] = []
    counts: list[int] = []
    ends: list[int] = []
    for number, chunk in enumerate(chunks):
        word = chunk if chunk.isalpha() else chunk.rstrip(_BEHIND)
        if word.isalpha():  # nine of ten: the pattern would find the same in five times the time
            words.append(word)
            counts.append(1)
            if word is not chunk and not _INSIDE.issuperset(chunk[len(word) :]):
                ends.append(number)
            continue
        found, last = words_of(chunk)
        words += found or [""]
        counts.append(len(found) or 1)
        if last:
            ends.append(number)
    return words, counts, ends


def _pair(runs: list[str]) -> list[str]:
    """Split each run of unspaced script into overlapping pairs of characters; leave other runs whole."""
    out: list[str] = []
    for run in runs:
        if run.isascii() or len(run) < 3:
            out.append(run)
        else:
            out.extend(map("".join, pairwise(run)))
    return out
