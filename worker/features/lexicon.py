"""A word goes in, its hash, weight and kind come out, remembered per language so that each word is looked at once.

Frequencies come from `wordfreq` (its small lists, words of at least one in a million) and are kept as sorted hashes and
one byte each, 0.4 MB a language instead of the 4 to 10 MB of its dictionaries.
"""

import hashlib
import unicodedata
from functools import cache
from threading import Lock
from typing import Final

import numpy as np
import wordfreq
from numpy.typing import NDArray

#: Kinds of token, as bits of one byte.
CONTENT: Final = 1
CAPITAL: Final = 2
NUMBER: Final = 4
STOP_MARK: Final = 8

#: Words more frequent than one in 1,300 (Zipf 5.9) carry no subject: about 150 words of each language.
_STOP_ZIPF: Final = 5.9
#: The rarest frequency of the small lists; a word outside them is at least as rare. The cap of idf (DESIGN.md, fact 3).
_RAREST_ZIPF: Final = 3.0
#: Where a language has no list every word weighs as one of middle frequency.
_MIDDLE_ZIPF: Final = 4.0
#: A lower-case word outside the list is as often a misspelling of the scanner as a rare word: it weighs less than a name.
_UNLISTED_ZIPF: Final = 4.0
#: A lexicon is begun anew at this size (about 25 MB), so that a worker of months does not grow.
_MOST_WORDS: Final = 100_000


@cache
def _frequencies(language: str) -> tuple[NDArray[np.uint64], NDArray[np.uint8]] | None:
    """Return the hashes of the listed words, sorted, and ten times their Zipf frequency; None where no list exists."""
    path = wordfreq.available_languages("small").get("nb" if language == "no" else language)
    if path is None:
        return None
    rows = [(word_hash(word), 90 - i // 10) for i, words in enumerate(wordfreq.read_cBpack(path)) for word in words]
    hashes = np.array([h for h, _ in rows], dtype=np.uint64)
    order = np.argsort(hashes)
    return hashes[order], np.array([z for _, z in rows], dtype=np.uint8)[order]


def word_hash(word: str) -> int:
    """Return 64 bits of BLAKE2b of the word: the same on every machine and in every process, unlike `hash`."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Lexicon(dict[str, int]):
    """Token to row number; the rows hold ``hashes`` (64 bit), ``weights`` (capped idf) and ``kinds`` (bits)."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language
        self.hashes = np.zeros(1024, dtype=np.uint64)
        self.weights = np.zeros(1024, dtype=np.float32)
        self.kinds = np.zeros(1024, dtype=np.uint8)
        self._learning = Lock()

    def __missing__(self, token: str) -> int:
        found = self._look_at(token)
        with self._learning:  # threads share a lexicon: a row is given once
            row = len(self)
            if row == len(self.hashes):
                for name in ("hashes", "weights", "kinds"):
                    old = getattr(self, name)
                    setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
            self.hashes[row], self.weights[row], self.kinds[row] = found
            return self.setdefault(token, row)

    def rows(self, tokens: list[str]) -> NDArray[np.intp]:
        """Return the row of each token, learning the new ones."""
        return np.fromiter(map(self.__getitem__, tokens), dtype=np.intp, count=len(tokens))

    def _look_at(self, token: str) -> tuple[int, float, int]:
        first = token[0]
        if first in ".!?:।؟。！？\n":
            return 0, 0.0, STOP_MARK
        if first.isdigit():
            return word_hash(token.replace(",", "").replace(".", "")), 7.0 - _RAREST_ZIPF, CONTENT | NUMBER
        word = unicodedata.normalize("NFKC", token).casefold()
        capital = CAPITAL if first.isupper() else 0
        hashed = word_hash(word)
        zipf = self._zipf(hashed, bool(capital))
        content = CONTENT if zipf < _STOP_ZIPF and (len(word) > 1 or not word.isascii()) else 0
        return hashed, 7.0 - zipf, content | capital

    def _zipf(self, hashed: int, capital: bool) -> float:
        listed = _frequencies(self._language)
        if listed is None:
            return _MIDDLE_ZIPF
        hashes, tenths = listed
        at = int(np.searchsorted(hashes, np.uint64(hashed)))
        if at < len(hashes) and int(hashes[at]) == hashed:
            return max(float(tenths[at]) / 10, _RAREST_ZIPF)
        return _RAREST_ZIPF if capital else _UNLISTED_ZIPF


_lexicons: dict[str, Lexicon] = {}


def lexicon(language: str) -> Lexicon:
    """Return the process's lexicon of ``language``: a new one when it grew too large, for rows of the old are in use."""
    book = _lexicons.get(language)
    if book is None or len(book) > _MOST_WORDS:
        book = _lexicons[language] = Lexicon(language)
    return book
