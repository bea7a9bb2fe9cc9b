"""A chunk of text goes in, the hash, weight and kind of its words come out, remembered per language.

Every distinct chunk is looked at once in Python; after that an article costs one dictionary look-up a chunk and NumPy.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.frequency import frequencies
from worker.features.tokens import chunks, words_of

#: Kinds of word, as bits of one byte; `ENDS` marks the last word of a sentence.
CONTENT: Final = 1
CAPITAL: Final = 2
NUMBER: Final = 4
ENDS: Final = 8

#: Words more frequent than one in 1,300 (Zipf 5.9) carry no subject: about 150 words of each language.
_STOP_ZIPF: Final = 5.9
#: Rarer words weigh no more than those of one in a million: the cap of idf (DESIGN.md, fact 3).
_CAP_ZIPF: Final = 3.0
#: A lower-case word in no list is as often a misspelling of a scanner as a rare word.
_UNLISTED_ZIPF: Final = 4.0
#: A capitalised word in no list is a name that hardly anyone bears.
_UNLISTED_NAME_ZIPF: Final = 1.0
#: Inflected forms meet in their first letters (`vaccine`, `vaccinated`); compounding languages need more of them.
_STEM: Final = 6
_LONG_STEM: Final = dict.fromkeys(("da", "de", "et", "fi", "hu", "is", "nb", "nl", "no", "sv"), 9)
#: English writes numbers to twenty as words as often as in digits; they are compared as digits.
_NUMBER_WORDS: Final = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split(),
        start=2,
    )
}
#: `$100B`, `100bn`, `20K`: a number with its scale, compared by its digits.
_SCALED: Final = re.compile(r"(\d+)(?:k|m|mn|b|bn|tn)")
#: The vocabulary is emptied at so many words (about 30 MB), so that a worker of months does not grow.
_MOST_WORDS: Final = 120_000
#: Longer chunks are glued text or junk that never comes again: looked at, not remembered.
_LONGEST_KEPT: Final = 60


class Columns(NamedTuple):
    """What is known of words, one array a property; a text is a list of rows."""

    #: 64 bits of the case-folded word, 32 bits of its stem
    hashes: NDArray[np.uint64]
    stems: NDArray[np.uint32]
    #: capped idf (7 - Zipf: 1.1 to 4) and the Zipf frequency without the cap (1 to 8)
    weights: NDArray[np.float32]
    zipfs: NDArray[np.float32]
    #: bits CONTENT, CAPITAL, NUMBER, ENDS
    kinds: NDArray[np.uint8]


class Lexicon(dict[str, int]):
    """Chunk to number; ``_first`` and ``_count`` say which rows of ``columns`` are its words."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self._stem = _LONG_STEM.get(language, _STEM)
        self._used = self._chunks = 0
        self._first: NDArray[np.intp]
        self._count: NDArray[np.intp]
        self.columns: Columns
        self._empty()

    def rows(self, texts: Iterable[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of ``columns`` that are the running words of all texts, and how many are of each.

        Good until `tidy` is called.
        """
        parts = [chunks(text, self._language) for text in texts]
        sizes = np.fromiter(map(len, parts), dtype=np.intp, count=len(parts))
        numbers = np.fromiter(map(self.__getitem__, chain.from_iterable(parts)), dtype=np.intp, count=sizes.sum())
        rows, counts = self._first[numbers], self._count[numbers]
        upto = np.cumsum(counts)
        whole = np.concatenate([[0], upto])[np.concatenate([[0], np.cumsum(sizes)])]
        if len(counts) and upto[-1] != len(counts):  # some chunks hold several words
            rows = np.repeat(rows - (upto - counts), counts) + np.arange(upto[-1])
        return rows, np.diff(whole)

    def tidy(self) -> None:
        """Forget everything when the vocabulary has grown too large."""
        if self._used > _MOST_WORDS:
            self.clear()
            self._empty()

    def __missing__(self, chunk: str) -> int:
        found, ends = words_of(chunk)
        number, self._chunks = self._chunks, self._chunks + 1
        if number + 1 >= len(self._first):
            self._first, self._count = _doubled(self._first), _doubled(self._count)
        self._first[number], self._count[number] = self._used, max(len(found), 1)
        for word in found or [""]:
            self._add(word)
        if ends:
            self.columns.kinds[self._used - 1] |= ENDS
        if len(chunk) <= _LONGEST_KEPT:
            self[chunk] = number
        return number

    def _empty(self) -> None:
        self._used = self._chunks = 0
        self._first, self._count = np.zeros(1024, dtype=np.intp), np.zeros(1024, dtype=np.intp)
        self.columns = Columns(
            hashes=np.zeros(1024, dtype=np.uint64),
            stems=np.zeros(1024, dtype=np.uint32),
            weights=np.zeros(1024, dtype=np.float32),
            zipfs=np.zeros(1024, dtype=np.float32),
            kinds=np.zeros(1024, dtype=np.uint8),
        )

    def _add(self, word: str) -> None:
        """Write the next row; an empty word is a row without kind, there only to carry a sentence's end."""
        if self._used == len(self.columns.hashes):
            self.columns = Columns(*map(_doubled, self.columns))
        columns, row = self.columns, self._used
        self._used += 1
        if not word:
            columns.kinds[row] = columns.hashes[row] = 0
            return
        plain, kind = word, CAPITAL if word[0].isupper() else 0
        if not word.isalpha() and word[0].isdigit():
            plain, kind = word.replace(",", "").replace(".", ""), kind | NUMBER
        elif not word.isascii():
            plain = unicodedata.normalize("NFKC", word)
        plain = plain.casefold()
        digits = self._digits(plain, number=bool(kind & NUMBER))
        if digits:
            kind |= NUMBER
        zipf = _CAP_ZIPF if kind & NUMBER else self._zipf(plain, capital=bool(kind))
        if kind & NUMBER or (zipf < _STOP_ZIPF and (len(plain) > 1 or not plain.isascii())):
            kind |= CONTENT
        columns.hashes[row] = hashed = word_hash(plain)
        stem = digits or plain[: self._stem]
        columns.stems[row] = (hashed if stem == plain else word_hash(stem)) & 0xFFFFFFFF
        columns.weights[row] = 7.0 - max(zipf, _CAP_ZIPF)
        columns.zipfs[row] = zipf
        columns.kinds[row] = kind

    def _digits(self, plain: str, *, number: bool) -> str | None:
        """Return the digits that a number written in another way stands for."""
        if number:
            scaled = _SCALED.fullmatch(plain)
            return scaled[1] if scaled else None
        return _NUMBER_WORDS.get(plain) if self._language == "en" else None

    def _zipf(self, plain: str, *, capital: bool) -> float:
        listed = frequencies(self._language)
        zipf = listed.zipf(plain) if listed else None
        if zipf is not None:
            return zipf
        return _UNLISTED_NAME_ZIPF if capital and listed else _UNLISTED_ZIPF


def word_hash(word: str) -> int:
    """Return 64 bits of BLAKE2b of the word: the same on every machine and in every process, unlike `hash`."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _doubled(column: Any) -> Any:
    return np.concatenate([column, np.zeros_like(column)])


@cache
def lexicon(language: str) -> Lexicon:
    """Return the process's lexicon of ``language``."""
    return Lexicon(language)
