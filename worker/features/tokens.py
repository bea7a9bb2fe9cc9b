r"""Split a text into chunks between spaces, and a chunk into words.

To split at spaces is many times as fast as a pattern over the whole text; the pattern then runs once per distinct chunk
(see `lexicon`). Devanagari vowel signs, which `\w` does not match, belong to words. Scripts without spaces are paired.
"""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

#: Marks of Hebrew, Arabic, Indic, Thai, Lao, Burmese and Khmer that belong to a word though `\w` does not match them.
_MARKS: Final = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57"
    "\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3e-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83"
    "\u0dca-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3"
)
#: A number keeps its inner points and commas: `1,000.5` is one word.
_WORDS: Final = re.compile(rf"\d+(?:[.,]\d+)+|(?:[^\W_]|[{_MARKS}])+")
_ENDS: Final = re.compile(r"[.!?:;।؟。！？…]")
#: Signs that often follow a word: those that end no sentence, and all of them.
_NON_ENDING: Final = frozenset(",\"')]”’»")
_TRAILING: Final = "".join(_NON_ENDING) + ".!?:;…"

#: Latin words and numbers inside unspaced text stay whole; the ends of sentences separate runs.
_UNSPACED: Final = re.compile(rf"\d+(?:[.,]\d+)*|[A-Za-z]+|(?:[^\W\dA-Za-z_]|[{_MARKS}])+|[.!?:。！？\n]")
UNSPACED_LANGUAGES: Final = frozenset(("bo", "ja", "km", "lo", "my", "th", "yue", "zh"))


def insert_spaces(text: str, language: str) -> str:
    """Return the text with spaces between its chunks; chunks of unspaced scripts are pairs of characters."""
    if language in UNSPACED_LANGUAGES:
        return " ".join(_pair_characters(_UNSPACED.findall(text))).replace("\n", "-")  # which ends no sentence
    return text.replace("\n", " . ")  # a newline ends a sentence


def is_word_character(char: str) -> bool:
    """Return whether a character is part of a word."""
    return _WORDS.match(char) is not None


def ends_sentence(char: str) -> bool:
    """Return whether a sign after a word ends its sentence."""
    return _ENDS.match(char) is not None


def split_words(chunk: str) -> tuple[list[str], bool]:
    """Return the words of a chunk and whether it ends a sentence: (["Xi", "Putin"], False) for ``“Xi-Putin``."""
    words = _WORDS.findall(chunk)
    if not words:
        return words, _ENDS.search(chunk) is not None
    tail = chunk[chunk.rfind(words[-1]) + len(words[-1]) :]
    return words, _ENDS.search(tail) is not None


def split_words_of_all(chunks: Iterable[str]) -> tuple[list[str], list[int], list[int]]:
    """Return the words of chunks ("" if a chunk has none), their number for each, and which chunks end a sentence."""
    words: list[str] = []
    counts: list[int] = []
    ends: list[int] = []
    for number, chunk in enumerate(chunks):
        word = chunk if chunk.isalpha() else chunk.rstrip(_TRAILING)
        if word.isalpha():  # nine of ten chunks: the pattern gives the same in five times the time
            words.append(word)
            counts.append(1)
            if word is not chunk and not _NON_ENDING.issuperset(chunk[len(word) :]):
                ends.append(number)
            continue
        chunk_words, is_end = split_words(chunk)
        words += chunk_words or [""]
        counts.append(len(chunk_words) or 1)
        if is_end:
            ends.append(number)
    return words, counts, ends


def _pair_characters(runs: list[str]) -> list[str]:
    """Split runs of unspaced script into overlapping pairs of characters; leave other runs whole."""
    parts: list[str] = []
    for run in runs:
        if run.isascii() or len(run) < 3:
            parts.append(run)
        else:
            parts.extend(map("".join, pairwise(run)))
    return parts
