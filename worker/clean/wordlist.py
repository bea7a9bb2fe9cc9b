"""A language in; how common its words are, on the Zipf scale (log10 of the frequency in a billion words), out.

The lists are those that the features read too: a worker holds them once.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

from worker.features.frequency import Frequencies, frequencies

#: Words at least this common are certain to be words (one in six English words of the list).
COMMON = 2.7


class WordList:
    """Frequencies of one language's words; an empty list knows none."""

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
    """Return the list of an ISO 639-1 language; an empty one where wordfreq has none."""
    return WordList(frequencies(language))
