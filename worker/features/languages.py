"""What the kernel must know of a language, taken from the definition in `worker.reference.words`."""

import unicodedata
from functools import cache, lru_cache
from itertools import count
from typing import Final

import numpy as np

from worker.features.frequency import frequencies
from worker.kernel.language import (
    DIGIT,
    END,
    IN_WORD,
    SPACE,
    UNUSUAL,
    UPPER,
    CharacterRow,
    CharacterTable,
    LanguageTables,
    Rules,
    WeightRow,
)
from worker.reference import words
from worker.reference.words import ENDS_OF_SENTENCES, STOP_ZIPF, UNLISTED_NAME_ZIPF, UNLISTED_ZIPF, WORDS, Word

#: Numbers of the languages of this process.
_NUMBERS: Final = count(1)
#: Letters that compose with the letter before them: vowels and final consonants of Hangul, vowels of Kirat Rai.
_COMPOSING: Final = (range(0x1100, 0x1200), range(0x16D40, 0x16D80))
#: The most bytes of a case-folded character that the kernel's table holds.
_MOST_BYTES: Final = 6


@lru_cache(maxsize=50_000)  # in plain Python most of an article's time is the description of its words
def describe(word: str, language: str) -> Word:
    """Return what is known of a word."""
    listed = frequencies(language)
    return words.describe(word, language, listed.rarity if listed else None)


@cache
def tables(language: str) -> LanguageTables:
    """Return the tables of a language for the kernel."""
    listed = frequencies(language)
    numbers = words.spelt_numbers(language).items()
    rarest = int(listed.centibels.max()) if listed else -1
    rules = Rules(
        hashes=listed.hashes if listed else np.empty(0, dtype=np.uint64),
        rarities=listed.centibels if listed else np.empty(0, dtype=np.uint16),
        weights=[
            *(_weight(words.zipf_of(centibels)) for centibels in range(rarest + 1)),
            *map(_weight, (UNLISTED_ZIPF, UNLISTED_NAME_ZIPF if listed else UNLISTED_ZIPF, words.CAP_ZIPF)),
        ],
        number_words=[(words.hash_word(word), words.hash_word(digits) & 0xFFFFFFFF) for word, digits in numbers],
        stem_length=words.stem_length(language),
        describe=lambda word: words.describe(word, language, listed.rarity if listed else None),
    )
    return LanguageTables(rules, _characters(), next(_NUMBERS))


@cache
def _characters() -> CharacterTable:
    return CharacterTable(classify)


def classify(char: str) -> CharacterRow:
    """Return the kind of a character and its case-folded form in UTF-8, empty if it is not in words or is unusual."""
    if not WORDS.match(char):
        return (SPACE if char.isspace() else END if ENDS_OF_SENTENCES.match(char) else 0), b""
    kind = IN_WORD | (UPPER if char.isupper() else 0) | (DIGIT if char.isdecimal() else 0)
    return (kind, char.casefold().encode()) if _is_usual(char) else (kind | UNUSUAL, b"")


def _is_usual(char: str) -> bool:
    """Return whether a word can be folded character by character: next to any other this one is unchanged by NFKC."""
    if char.isdigit():
        return char.isascii()
    is_plain = char.isalpha() and not unicodedata.combining(char) and unicodedata.normalize("NFKC", char) == char
    return is_plain and not any(ord(char) in own for own in _COMPOSING) and len(char.casefold().encode()) <= _MOST_BYTES


def _weight(zipf: float) -> WeightRow:
    return words.weight(zipf), zipf, zipf < STOP_ZIPF
