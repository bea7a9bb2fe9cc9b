"""A word of a language goes in, its Zipf frequency comes out (log10 of uses in a billion words), 1 to 8.

The lists of `wordfreq`, kept as sorted hashes and one byte each: 3 MB for English instead of 60 MB of dictionary.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
import wordfreq

#: Centibels of the wordfreq lists to tenths of the Zipf scale: one use in a billion words is -900 cB and Zipf 0.
_ZIPF_ZERO: Final = 90


class Frequencies(NamedTuple):
    """Hashes of the listed words, ascending, and how rare each is: 0 is every word, 900 one use in a billion words."""

    hashes: "array[int]"
    centibels: "array[int]"

    def rarity(self, word: str) -> int | None:
        """Return the centibels of a case-folded word, None where the list does not hold it."""
        wanted = _hash(word)
        at = bisect_left(self.hashes, wanted)
        if at == len(self.hashes) or self.hashes[at] != wanted:
            return None
        return self.centibels[at]

    def rarities(self, words: Sequence[str]) -> "np.ndarray":
        """Return the centibels of each word, -1 where it is unknown: a hundred cost what twenty do one by one."""
        hashes = np.frombuffer(self.hashes, np.int64)
        wanted = np.fromiter(map(_hash, words), np.int64, len(words))
        at = np.minimum(hashes.searchsorted(wanted), len(hashes) - 1)
        return np.where(hashes[at] == wanted, np.frombuffer(self.centibels, np.uint16)[at].astype(np.int16), -1)

    def zipf(self, word: str) -> float | None:
        """Return the Zipf frequency of a case-folded word in tenths, None where the list does not hold it."""
        found = self.rarity(word)
        return None if found is None else (_ZIPF_ZERO - found // 10) / 10


def _hash(word: str) -> int:
    """Return Python's hash, told apart by length: it sees bytes alone, and `kp` and `火` are the same two."""
    return hash(word) ^ len(word)


@cache
def frequencies(language: str) -> Frequencies | None:
    """Return the list of ``language``, the large one where there is one; None where `wordfreq` knows none.

    Python's own hashes are enough: the table lives and dies with its process.
    """
    code = "nb" if language == "no" else language
    path = wordfreq.available_languages("large").get(code) or wordfreq.available_languages("small").get(code)
    if path is None:
        return None
    levels = wordfreq.read_cBpack(path)
    centibels = np.repeat(np.arange(len(levels), dtype=np.uint16), [len(words) for words in levels])
    hashes = np.fromiter((_hash(word) for words in levels for word in words), np.int64, len(centibels))
    order = np.argsort(hashes)  # by NumPy: sorting Python's pairs took seconds and 90 MB
    return Frequencies(array("q", hashes[order].tobytes()), array("H", centibels[order].tobytes()))
