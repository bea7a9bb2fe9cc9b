"""A language in; how common its words are, on the Zipf scale (log10 of the frequency in a billion words), out.

wordfreq's lists: common words as a dict, the many rare ones as sorted arrays (10 MB a language instead of 40 to 70).
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import wordfreq

#: Words at least this common stand in the dict; most questions end there (one in six English words of the list).
COMMON = 2.7
#: Five lists weigh 50 MB; a worker that meets more languages reads a list again (0.2 s).
LISTS_KEPT = 5


class WordList:
    """Frequencies of one language's words; an empty list knows none."""

    def __init__(self, levels: Sequence[Sequence[str]]) -> None:
        """Take wordfreq's form: ``levels[n]`` holds the words of frequency 10 ** (-n / 100)."""
        zipfs = [9 - n / 100 for n in range(len(levels))]
        self.common = {
            word: zipf for zipf, level in zip(zipfs, levels, strict=True) if zipf >= COMMON for word in level
        }
        rare = [level if zipf < COMMON else () for zipf, level in zip(zipfs, levels, strict=True)]
        hashes = np.fromiter((hash(word) for level in rare for word in level), np.int64)
        order = np.argsort(hashes)
        self._hashes = hashes[order]
        self._zipfs = np.repeat(np.array(zipfs, np.float32), [len(level) for level in rare])[order]

    def zipfs(self, words: Sequence[str]) -> list[float]:
        """Return the Zipf value of each lower-case word; 0.0 where it is unknown."""
        found = [self.common.get(word, 0.0) for word in words]
        rare = [place for place, zipf in enumerate(found) if not zipf]
        if rare and len(self._hashes):
            wanted = np.fromiter((hash(words[place]) for place in rare), np.int64, len(rare))
            places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
            known = np.where(self._hashes[places] == wanted, self._zipfs[places], 0.0)
            for place, zipf in zip(rare, known.tolist(), strict=True):
                found[place] = zipf
        return found


@lru_cache(maxsize=LISTS_KEPT)
def word_list(language: str) -> WordList:
    """Return the list of an ISO 639-1 language; an empty one where wordfreq has none."""
    path = wordfreq.available_languages("best").get(language)
    return WordList(wordfreq.read_cBpack(path) if path else [])
