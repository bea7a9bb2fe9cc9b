"""Intersect the arrays of hashes of many pairs of articles at once.

A pair takes dozens of NumPy calls, whose overhead exceeds their work; a batch of pairs takes no more calls than a pair.
Each item is one 64-bit word that begins with the number of its pair, so that one search or sort serves all pairs.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: An item has the number of the pair above this bit and the hash (32 bits) below it.
_HASH: Final = np.uint64(32)
#: An item to sort has the pair, the sort key (24 bits) and the position before (33 bits): 7 bits are left for the pair.
MOST_PAIRS: Final = 128
_PAIR: Final = np.uint64(57)
_ORDER: Final = np.uint64(33)
_POSITION: Final = np.uint64((1 << 33) - 1)


class Side(NamedTuple):
    """The arrays of one side of all pairs, concatenated: the hashes, and the size and the start of each array."""

    hashes: NDArray[np.uint32]
    sizes: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, arrays: Sequence[NDArray[np.uint32]]) -> "Side":
        """Concatenate arrays."""
        sizes = np.fromiter(map(len, arrays), dtype=np.intp, count=len(arrays))
        return cls(np.concatenate(arrays), sizes, np.cumsum(sizes) - sizes)

    def items(self) -> NDArray[np.uint64]:
        """Return the hashes, each after the number of its pair."""
        items = np.repeat(np.arange(len(self.sizes), dtype=np.uint64) << _HASH, self.sizes)
        items |= self.hashes
        return items


class Intersection(NamedTuple):
    """Items on both sides of a pair: the pair, and the item's index among all of ``a`` and of ``b``."""

    pair: NDArray[np.intp]
    at_a: NDArray[np.intp]
    at_b: NDArray[np.intp]

    def counts(self, pairs: int) -> NDArray[np.intp]:
        """Return the number of shared items of each pair."""
        return np.bincount(self.pair, minlength=pairs)


def intersect(a: Side, b: Side) -> Intersection:
    """Return the items on both sides. Within a pair, the items of a side must be distinct and ascending."""
    if not len(a.hashes):
        return Intersection(*(np.empty(0, dtype=np.intp) for _ in Intersection._fields))
    items_a, items_b = a.items(), b.items()
    # both are ascending: searching takes two thirds of the time of sorting them together
    at = np.minimum(np.searchsorted(items_a, items_b), len(items_a) - 1)
    at_b = np.flatnonzero(items_a[at] == items_b)
    return Intersection((items_b[at_b] >> _HASH).astype(np.intp), at[at_b], at_b)


def argsort_within_pairs(pair: NDArray[np.intp], by: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the indices that sort items by pair (already ascending), and within a pair by a number from 0 to 2^24."""
    items: NDArray[np.uint64] = pair.astype(np.uint64) << _PAIR | by.astype(np.uint64) << _ORDER
    items |= np.arange(len(items), dtype=np.uint64)
    items.sort()
    return (items & _POSITION).astype(np.intp)


def ratio(part: NDArray[Any], whole: NDArray[Any], of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Return ``part / whole``, at most 1, and ``of_nothing`` where the whole is 0."""
    nonzero = whole > 0
    return np.where(nonzero, np.minimum(part / np.where(nonzero, whole, 1), 1.0), of_nothing)
