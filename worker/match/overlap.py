"""Arrays of hashes of many pairs of articles in, what the two of each pair share out.

A pair alone costs dozens of calls of NumPy, each of which takes longer than its work; a batch of pairs costs as many.
Items bear the number of their pair in front, so that one search or sort, of one 64-bit word an item, is that of all.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Behind the pair: the hash (32 bits) …
_HASH: Final = np.uint64(32)
#: … or, where items are put in an order, what they are ordered by (24) and where they stood (33): 7 are left.
MOST_PAIRS: Final = 128
_PAIR: Final = np.uint64(57)
_ORDER: Final = np.uint64(33)
_STOOD: Final = np.uint64((1 << 33) - 1)


class Side(NamedTuple):
    """One array of each pair, one after the other: the hashes, how many of each pair, where each begins."""

    hashes: NDArray[np.uint32]
    sizes: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, arrays: Sequence[NDArray[np.uint32]]) -> "Side":
        """Put arrays after each other."""
        sizes = np.fromiter(map(len, arrays), dtype=np.intp, count=len(arrays))
        return cls(np.concatenate(arrays), sizes, np.cumsum(sizes) - sizes)

    def items(self) -> NDArray[np.uint64]:
        """Return the hashes behind the number of their pair."""
        items = np.repeat(np.arange(len(self.sizes), dtype=np.uint64) << _HASH, self.sizes)
        items |= self.hashes
        return items


class Shared(NamedTuple):
    """Items that both sides of a pair hold: the pair, and where the item stands among all of ``a`` and of ``b``."""

    pair: NDArray[np.intp]
    at_a: NDArray[np.intp]
    at_b: NDArray[np.intp]

    def counts(self, pairs: int) -> NDArray[np.intp]:
        """Return the number of shared items of each pair."""
        return np.bincount(self.pair, minlength=pairs)


def shared(a: Side, b: Side) -> Shared:
    """Return what is on both sides; within one pair a side's items are distinct and ascending."""
    if not len(a.hashes):
        return Shared(*(np.empty(0, dtype=np.intp) for _ in Shared._fields))
    one, other = a.items(), b.items()
    # both are ascending: looking up takes two thirds of the time of sorting them together
    at = np.minimum(np.searchsorted(one, other), len(one) - 1)
    at_b = np.flatnonzero(one[at] == other)
    return Shared((other[at_b] >> _HASH).astype(np.intp), at[at_b], at_b)


def ordered(pair: NDArray[np.intp], by: NDArray[np.int32]) -> NDArray[np.intp]:
    """Return the order of items by pair, which ascends already, and in a pair by a number of 0 to 2^24."""
    items: NDArray[np.uint64] = pair.astype(np.uint64) << _PAIR | by.astype(np.uint64) << _ORDER
    items |= np.arange(len(items), dtype=np.uint64)
    items.sort()
    return (items & _STOOD).astype(np.intp)


def share(part: NDArray[Any], whole: NDArray[Any], of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Return ``part / whole``, at most 1, and ``of_nothing`` where the whole is nothing."""
    some = whole > 0
    return np.where(some, np.minimum(part / np.where(some, whole, 1), 1.0), of_nothing)
