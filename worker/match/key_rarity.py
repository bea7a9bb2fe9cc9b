"""How rare the sketch keys that two articles share are in this archive: what many stories have is a frame.

Phrases of a template, of a running matter's background or of a site's frame are shared by many stories; those of one
dispatch by its copies alone. The counts come from the index look-up that finds the candidates.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel import key_rarity as kernel
from worker.kernel import library
from worker.reference.evidence import key_numbers

#: The sketch of one article, ascending, the number of stories with each of its keys, and the sketch of the other.
SketchPair = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]

#: Stories that an archive is assumed to have before its first: with an empty archive every key is equally rare.
_PRIOR_STORIES: Final = 50
#: The rarity of a key that no other of 20 stories has; that fewer stories don't have it shows nothing.
RARITY_AMONG_FEW: Final = math.log(_PRIOR_STORIES + 20)
#: Counts are capped: the index does not count further (`COMMON_KEY_STORIES`).
_MOST: Final = 100
#: The stories with a key, the article's one included, if 0 to `_MOST` others have it.
_POSTED: Final = np.arange(1.0, _MOST + 2)
#: A key is rare if at most this many other stories have it, and frequent if more than this.
_RARE: Final = 2
_FREQUENT: Final = 8


class KeyNumbers(NamedTuple):
    """The numbers of the evidence that know the archive; see `NUMBERS` in `worker.match.evidence`."""

    keys_in_a: float
    keys_in_b: float
    keys_unique: float
    keys_rare: float
    keys_frequent: float
    keys_rarity: float


@dataclass(frozen=True)
class KeyRarity:
    """The number of ``stories`` in reach, and by key how many of them have it; a key that is left out: none."""

    counts: Mapping[int, int] = field(default_factory=dict)
    stories: int = 0

    def of(self, keys: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the number of stories with each of these keys."""
        counts = self.counts
        return np.fromiter((counts.get(key, 0) for key in keys.tolist()), dtype=np.int64, count=len(keys))

    def compare(self, pairs: Sequence[SketchPair], *, posted: int) -> list[KeyNumbers]:
        """Compare the sketches of pairs of articles. ``posted`` of the stories, 0 to 2, are their own: not counted."""
        if not pairs:
            return []
        rarity = _rarity_by_count(self.stories)
        if library.loaded is not None:
            rows = kernel.compare(pairs, rarity, kernel.KeyLimits(posted, _MOST, _RARE, _FREQUENT))
            return list(map(KeyNumbers._make, rows.tolist()))
        sketches = ((a.tolist(), counts.tolist(), b.tolist()) for a, counts, b in pairs)
        limits = (posted, _MOST, _RARE, _FREQUENT)
        return [KeyNumbers._make(key_numbers(*sketch, rarity.tolist(), limits)) for sketch in sketches]


@lru_cache(maxsize=4)  # a batch judges its pairs one after the other among the same number of stories
def _rarity_by_count(stories: int) -> NDArray[np.float64]:
    """Return the rarity of a key that 0 to `_MOST` other stories have."""
    # rounded to 24 bits, so that the sums are exact in 53, whatever the order of addition
    rarity: NDArray[np.float64] = np.log((stories + _PRIOR_STORIES) / _POSTED).astype(np.float32).astype(np.float64)
    rarity.flags.writeable = False
    return rarity
