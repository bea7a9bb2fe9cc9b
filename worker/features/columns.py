"""Words of a language go in; their hashes, weights and kinds come out, one array a property."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.frequency import frequencies
from worker.kernel.library import WORD

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

    @classmethod
    def of(cls, words: NDArray[np.void]) -> "Columns":
        """Return the columns of rows."""
        return cls(*(words[name] for name in cls._fields))

    def rows(self) -> NDArray[np.void]:
        """Return the words as rows."""
        words = np.zeros(len(self.kinds), dtype=WORD)
        for name, column in zip(self._fields, self, strict=True):
            words[name] = column
        return words


def columns_of(words: Sequence[str], language: str) -> Columns:
    """Return what is to be known of words; an empty one has neither hash nor kind."""
    plain, marks = zip(*map(_plain, words), strict=True)
    digits = [_digits(word, mark, language) for word, mark in zip(plain, marks, strict=True)]
    kinds = np.array(marks, dtype=np.uint8)
    kinds[[found is not None for found in digits]] |= NUMBER
    number = kinds & NUMBER != 0
    zipfs = np.where(number, _CAP_ZIPF, _zipfs(plain, kinds, language))
    length = _LONG_STEM.get(language, _STEM)
    long = np.array([len(word) > 1 or not word.isascii() for word in plain])
    empty = np.array([not word for word in words])
    kinds[number | (long & (zipfs < _STOP_ZIPF))] |= CONTENT
    kinds[empty] = 0
    return Columns(
        hashes=np.where(empty, np.uint64(0), _hashes(plain)),
        stems=_hashes([found or word[:length] for word, found in zip(plain, digits, strict=True)]).astype(np.uint32),
        weights=(7.0 - np.maximum(zipfs, _CAP_ZIPF)).astype(np.float32),
        zipfs=zipfs.astype(np.float32),
        kinds=kinds,
    )


def _plain(word: str) -> tuple[str, int]:
    """Return a word without case and whatever else is the same to a reader, and whether it is CAPITAL or NUMBER."""
    mark = CAPITAL if word[:1].isupper() else 0
    if not word.isalpha() and word[:1].isdigit():
        return word.replace(",", "").replace(".", "").casefold(), mark | NUMBER
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    return word.casefold(), mark


def _digits(plain: str, mark: int, language: str) -> str | None:
    """Return the digits that a number written in another way stands for."""
    if mark & NUMBER:
        scaled = _SCALED.fullmatch(plain)
        return scaled[1] if scaled else None
    return _NUMBER_WORDS.get(plain) if language == "en" else None


def _zipfs(plain: Sequence[str], kinds: NDArray[np.uint8], language: str) -> NDArray[np.float64]:
    listed = frequencies(language)
    if not listed:
        return np.full(len(plain), _UNLISTED_ZIPF)
    zipfs = listed.zipfs(plain)
    unlisted = np.where(kinds & CAPITAL != 0, _UNLISTED_NAME_ZIPF, _UNLISTED_ZIPF)
    return np.where(np.isnan(zipfs), unlisted, zipfs)


def _hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Return 64 bits of BLAKE2b of each word: the same on every machine and in every process, unlike `hash`."""
    blake2b = hashlib.blake2b
    digests = [blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest() for word in words]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
