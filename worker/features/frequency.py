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
from numpy.typing import NDArray

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

    def zipfs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the Zipf frequency of each case-folded word in tenths, NaN where the list does not hold it."""
        wanted = np.fromiter(map(_hash, words), np.int64, len(words))
        hashes, centibels = np.frombuffer(self.hashes, np.int64), np.frombuffer(self.centibels, np.uint16)
        at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
        zipfs = (_ZIPF_ZERO - centibels[at].astype(np.int64) // 10) / 10
        return np.where(hashes[at] == wanted, zipfs, np.nan)


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
