"""How rare the sketch keys that two articles share are in this archive: what many stories have is a frame.

Phrases of a template, of a running matter's background or of a site's frame are shared by many stories; those of one
dispatch by its copies alone. The counts come from the index look-up that finds the candidates.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Stories that an archive is assumed to have before its first: with an empty archive every key is equally rare.
_PRIOR_STORIES: Final = 50
#: The rarity of every key in an empty archive.
RARITY_WITHOUT_STORIES: Final = math.log(_PRIOR_STORIES)
#: Counts are capped: the index does not count further (`COMMON_KEY_STORIES`).
_MOST: Final = 100
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


#: Of two articles of which one has no key.
_UNKNOWN: Final = KeyNumbers(*[float("nan")] * 6)


@dataclass(frozen=True)
class KeyRarity:
    """The number of ``stories`` in reach, and by key how many of them have it; a key that is left out: none."""

    counts: Mapping[int, int] = field(default_factory=dict)
    stories: int = 0

    def of(self, keys: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the number of stories with each of these keys."""
        counts = self.counts
        return np.fromiter((counts.get(key, 0) for key in keys.tolist()), dtype=np.int64, count=len(keys))

    def compare(
        self, a: NDArray[np.int32], b: NDArray[np.int32], counts: NDArray[np.int64], *, posted: int
    ) -> KeyNumbers:
        """Compare two articles by their sketches, ascending; ``counts`` are the stories with each key of ``a``.

        ``posted`` of these stories, 0 to 2, are the articles' own: they do not count.
        """
        if not len(a) or not len(b):
            return _UNKNOWN
        # both are ascending; a quarter of the cost of `numpy.isin`
        shared = b[np.minimum(np.searchsorted(b, a), len(b) - 1)] == a
        others = np.minimum(counts, _MOST)
        others[shared] = np.maximum(others[shared] - posted, 0)
        rarity = np.log((self.stories + _PRIOR_STORIES) / (others + 1.0))
        total = float(rarity.sum())
        if total <= 0:  # every key is in more stories than there are, as if stories were deleted by hand
            return _UNKNOWN
        number = int(shared.sum())
        weight, own = float(rarity[shared].sum()), others[shared]
        return KeyNumbers(
            keys_in_a=min(1.0, weight / (len(b) * total / len(a))),
            keys_in_b=weight / total,
            keys_unique=float((own == 0).mean()) if number else 0.0,
            keys_rare=float((own <= _RARE).sum()),
            keys_frequent=float((own > _FREQUENT).mean()) if number else 1.0,
            keys_rarity=weight,
        )
