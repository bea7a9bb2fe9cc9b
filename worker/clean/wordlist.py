"""Word frequencies of a language on the Zipf scale (log10 of the frequency in a billion words).

The lists are shared with the features: a worker loads them once.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from worker.features.frequency import Frequencies, frequencies

#: A string at least this common is certain to be a word (one in six English words of the list).
COMMON = 2.7


class WordList:
    """Word frequencies of one language; an empty list contains no word."""

    def __init__(self, table: Frequencies | None) -> None:
        self._frequencies = table

    def zipfs(self, words: Sequence[str]) -> list[float]:
        """Return the Zipf value of each lower-case word; 0.0 where it is unknown."""
        if self._frequencies is None:
            return [0.0] * len(words)
        centibels = self._frequencies.rarities(words)
        zipfs: list[float] = np.where(centibels < 0, 0.0, 9 - centibels / 100).tolist()
        return zipfs


@cache
def word_list(language: str) -> WordList:
    """Return the list of an ISO 639-1 language; an empty list if wordfreq has none."""
    return WordList(frequencies(language))
