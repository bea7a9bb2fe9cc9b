"""A language in; how common its words are, on the Zipf scale (log10 of the frequency in a billion words), out.

The lists are those that the features read too: a worker holds them once.
"""

from collections.abc import Sequence
from functools import cache

from worker.features.frequency import Frequencies, frequencies

#: Words at least this common are certain to be words (one in six English words of the list).
COMMON = 2.7
_COMMON_CENTIBELS = round(100 * (9 - COMMON))


class WordList:
    """Frequencies of one language's words; an empty list knows none."""

    def __init__(self, listed: Frequencies | None) -> None:
        self._listed = listed

    def zipfs(self, words: Sequence[str]) -> list[float]:
        """Return the Zipf value of each lower-case word; 0.0 where it is unknown."""
        if self._listed is None:
            return [0.0] * len(words)
        found = map(self._listed.rarity, words)
        return [0.0 if centibels is None else 9 - centibels / 100 for centibels in found]

    def common(self, word: str) -> float:
        """Return the Zipf value of a lower-case word; 0.0 where it is unknown or rare."""
        centibels = self._listed.rarity(word) if self._listed else None
        return 9 - centibels / 100 if centibels is not None and centibels <= _COMMON_CENTIBELS else 0.0


@cache
def word_list(language: str) -> WordList:
    """Return the list of an ISO 639-1 language; an empty one where wordfreq has none."""
    return WordList(frequencies(language))
