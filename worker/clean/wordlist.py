"""A language in; how common its words are, on the Zipf scale, out.

wordfreq's lists as two sorted arrays (4 MB a language instead of 40 to 70 as a dict), read on the first text that needs one.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import wordfreq

#: Eight languages' lists weigh 30 MB; a worker that meets more reads a list again (0.2 s).
LISTS_KEPT = 8


class WordList:
    """Frequencies of one language's words; an empty list knows none."""

    def __init__(self, levels: Sequence[Sequence[str]]) -> None:
        """Take wordfreq's form: ``levels[n]`` holds the words of frequency 10 ** (-n / 100)."""
        hashes = np.fromiter((hash(word) for level in levels for word in level), np.int64)
        zipfs = np.repeat(9 - np.arange(len(levels)) / 100, [len(level) for level in levels]).astype(np.float32)
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._zipfs = zipfs[order]

    def zipfs(self, words: Sequence[str]) -> list[float]:
        """Return log10 of each word's frequency a billion words (lower-case words; 0.0 where unknown)."""
        if not len(self._hashes):
            return [0.0] * len(words)
        wanted = np.fromiter((hash(word) for word in words), np.int64, len(words))
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        found: list[float] = np.where(self._hashes[places] == wanted, self._zipfs[places], 0.0).tolist()
        return found


@lru_cache(maxsize=LISTS_KEPT)
def word_list(language: str) -> WordList:
    """Return the list of an ISO 639-1 language; an empty one where wordfreq has none."""
    path = wordfreq.available_languages("best").get(language)
    return WordList(wordfreq.read_cBpack(path) if path else [])
