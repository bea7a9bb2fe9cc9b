"""Sums over the distinct words of articles, computed once because every comparison needs them."""

from typing import Any, Final, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

#: Content words that count as the lead: the first paragraph or two of a dispatch.
LEAD_WORDS: Final = 40
#: Classes of content word in `Features.classes`.
LOWER: Final = 0
NAME: Final = 1
FIGURE: Final = 2

T = TypeVar("T")


class FeatureTotals(NamedTuple, Generic[T]):
    """Sums over the distinct words of one article, or of several in arrays."""

    weight: T  # of all words
    squares: T  # of the weights
    plain: T  # weight of the words that are neither names nor numbers
    names: T  # how many
    rarity: T  # of the names, see `rarity`
    figures: T  # how many
    lead: T  # words among the first `LEAD_WORDS`


def totals(
    owner: NDArray[np.intp],
    texts: int,
    weights: NDArray[Any],
    classes: NDArray[np.uint8],
    zipfs: NDArray[np.float32],
    places: NDArray[np.int32],
) -> list[FeatureTotals[float]]:
    """Return the totals of each text; ``owner`` is the text of each word, from 0 to below ``texts``."""
    plain, names, figures = (classes == kind for kind in (LOWER, NAME, FIGURE))
    sums = FeatureTotals(
        np.bincount(owner, weights, texts),
        np.bincount(owner, weights * weights, texts),
        np.bincount(owner[plain], weights[plain], texts),
        np.bincount(owner[names], minlength=texts),
        np.bincount(owner[names], rarity(zipfs[names]), texts),
        np.bincount(owner[figures], minlength=texts),
        np.bincount(owner[places < LEAD_WORDS], minlength=texts),
    )
    return [FeatureTotals(*values) for values in zip(*(column.tolist() for column in sums), strict=True)]


def rarity(zipfs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how rare names are: 0 for a name as common as `London` (Zipf 5), 4 for a name in no list."""
    rare: NDArray[np.float32] = np.maximum(np.float32(5.0) - zipfs, np.float32(0.0))
    return rare
