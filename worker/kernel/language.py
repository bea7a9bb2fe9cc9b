"""The tables of a language in the form that the kernel reads, and a cache of the words that it described."""

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function
from worker.kernel.structures import (
    DESCRIBE,
    Character,
    Language,
    NumberWord,
    Slot,
    WordListRecord,
    WordRecord,
    WordWeight,
)

#: Slots of the cache of all languages, 8 MB; the newer of two words for one slot replaces the older. An article of the
#: bench takes 162 µs with this many, 210 with half of them, and 242 with a quarter.
_CACHE_BITS: Final = 17
#: Languages beyond these have no place in the cache.
_MOST_LANGUAGES: Final = 255
#: Characters of a page, and pages.
PAGE: Final = 256
_PAGES: Final = 0x110000 // PAGE
#: Kinds of character, as bits: the enum in language.h.
IN_WORD, UPPER, DIGIT, END, UNUSUAL, SPACE = 1, 2, 4, 8, 16, 32

#: The kind of a character and its case-folded form, at most six bytes.
CharacterRow: TypeAlias = tuple[int, bytes]
#: The fields of `WordRecord` and of `WordWeight`.
WordRow: TypeAlias = tuple[int, int, float, float, int]
WeightRow: TypeAlias = tuple[float, float, bool]


class Rules(NamedTuple):
    """What the kernel must know of a language; `worker.features.languages` says it."""

    #: ascending hashes of the listed words, and the rarity of each; without a list both are empty
    hashes: NDArray[np.uint64]
    rarities: NDArray[np.uint16]
    #: by rarity; then those of an unlisted word, of an unlisted name, and of a number
    weights: Sequence[WeightRow]
    #: hash of the word and stem of its digits
    number_words: Sequence[tuple[int, int]]
    #: characters
    stem_length: int
    #: returns what is known of a word that has unusual characters or is long
    describe: Callable[[str], WordRow]


class CharacterTable:
    """The characters of all languages, page by page."""

    def __init__(self, classify: Callable[[str], CharacterRow]) -> None:
        self._classify = classify
        self._pages: list[ctypes.Array[Character]] = []
        self._addresses = (ctypes.c_void_p * _PAGES)()

    @property
    def address(self) -> int:
        """The address of the addresses of the pages, 0 for those that are not filled."""
        return ctypes.addressof(self._addresses)

    def fill(self, page: int) -> None:
        """Fill a page."""
        rows = (Character * PAGE)()
        for code, row in enumerate(rows, page * PAGE):
            row.kind, plain = self._classify(chr(code))
            row.size = len(plain)
            row.plain[: len(plain)] = plain
        self._pages.append(rows)
        self._addresses[page] = ctypes.addressof(rows)


@cache
def _cache() -> "ctypes.Array[Slot]":
    return (Slot * (1 << _CACHE_BITS))()


class LanguageTables:
    """The structure that the kernel reads, and everything that it points to. Not for several threads at once."""

    def __init__(self, rules: Rules, characters: CharacterTable, number: int) -> None:
        self.characters = characters
        self._owned = (
            rules,
            (WordWeight * len(rules.weights))(*(WordWeight(*row) for row in rules.weights)),
            (NumberWord * len(rules.number_words))(*(NumberWord(*row) for row in rules.number_words)),
            DESCRIBE(lambda at, size, out: self._describe(at, size, out.contents)),
        )
        _, weights, numbers, describe = self._owned
        known = WordListRecord(address(rules.hashes, np.uint64), address(rules.rarities, np.uint16), len(rules.hashes))
        self.structure = Language(
            pages=characters.address,
            list=known,
            weights=weights,
            unlisted=len(weights) - 3,
            number_words=numbers,
            number_word_count=len(rules.number_words),
            stem_length=rules.stem_length,
            describe=describe,
            cache=_cache(),
            bits=_CACHE_BITS,
            number=number if number <= _MOST_LANGUAGES else 0,
        )

    def _describe(self, at: int, size: int, out: WordRecord) -> None:
        # an error is printed by ctypes, and the kernel reports that nothing was written
        row = self._owned[0].describe(ctypes.string_at(at, size).decode("utf-8", "surrogatepass"))
        out.hash, out.stem, out.weight, out.zipf, out.kind = row


def hash_words(words: Sequence[str]) -> "ctypes.Array[ctypes.c_uint64]":
    """Return the hash of each word, `worker.reference.words.hash_word`; no word may contain a newline."""
    data = "".join(f"{word}\n" for word in words).encode("utf-8", "surrogatepass")
    out = (ctypes.c_uint64 * len(words))()
    call = function("copydesk_hash_words", ctypes.c_char_p, *[ctypes.c_int64] * 2, ctypes.POINTER(ctypes.c_uint64))
    if call(data, len(data), len(words), out) != len(words):
        raise ValueError("a word contains a newline")
    return out
