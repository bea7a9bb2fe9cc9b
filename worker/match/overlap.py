"""Arrays of hashes of many pairs of articles in, what the two of each pair share out.

A pair alone costs dozens of calls of NumPy, each of which takes longer than its work; a batch of pairs costs as many.
What is sorted is one 64-bit word an item, with the number of its pair in front: several times as fast as sorting by
one array and carrying others along.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Pairs that fit the 7 bits in front.
MOST_PAIRS: Final = 128
_PAIR: Final = np.uint64(57)
#: Behind the pair: hash (32 bits), side (1), place in the side's array (24) …
_HASH: Final = np.uint64(25)
_SIDE: Final = np.uint64(1 << 24)
_PLACE: Final = np.uint64((1 << 24) - 1)
#: … or, where items are put in an order, what they are ordered by (24) and where they stood (33).
_ORDER: Final = np.uint64(33)
_STOOD: Final = np.uint64((1 << 33) - 1)


class Side(NamedTuple):
    """One array of each pair, one after the other: the pair of each item, and where each pair's items begin."""

    items: NDArray[Any]
    pair: NDArray[np.uint64]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, arrays: Sequence[NDArray[Any]]) -> "Side":
        """Put arrays after each other."""
        sizes = np.fromiter(map(len, arrays), dtype=np.intp, count=len(arrays))
        pair = np.repeat(np.arange(len(arrays), dtype=np.uint64), sizes)
        return cls(np.concatenate(arrays), pair, np.cumsum(sizes) - sizes)


class Shared(NamedTuple):
    """Items that both sides of a pair hold: the pair, and where the item stands among all of ``a`` and of ``b``."""

    pair: NDArray[np.intp]
    at_a: NDArray[np.intp]
    at_b: NDArray[np.intp]

    def counts(self, pairs: int) -> NDArray[np.intp]:
        """Return the number of shared items of each pair."""
        return np.bincount(self.pair, minlength=pairs)


def shared(a: Side, b: Side) -> Shared:
    """Return what is on both sides; within one pair a side's items (32 bits) are distinct."""
    items = np.concatenate([_marked(a), _marked(b) | _SIDE])
    items.sort()
    same = np.flatnonzero(items[1:] >> _HASH == items[:-1] >> _HASH)
    of_a, of_b = items[same], items[same + 1]
    pair = (of_a >> _PAIR).astype(np.intp)
    at_a, at_b = ((side & _PLACE).astype(np.intp) for side in (of_a, of_b))
    return Shared(pair, a.starts[pair] + at_a, b.starts[pair] + at_b)


def _marked(side: Side) -> NDArray[np.uint64]:
    items: NDArray[np.uint64] = side.pair << _PAIR | side.items.astype(np.uint64) << _HASH
    items |= (np.arange(len(side.items)) - side.starts[side.pair]).astype(np.uint64)
    return items


def ordered(pair: NDArray[np.intp], by: NDArray[Any]) -> NDArray[np.intp]:
    """Return the order of items by pair, and in a pair by a number of 0 to 2^24."""
    items: NDArray[np.uint64] = pair.astype(np.uint64) << _PAIR | by.astype(np.uint64) << _ORDER
    items |= np.arange(len(items), dtype=np.uint64)
    items.sort()
    return (items & _STOOD).astype(np.intp)


def share(part: NDArray[Any], whole: NDArray[Any], of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Return ``part / whole``, at most 1, and ``of_nothing`` where the whole is nothing."""
    some = whole > 0
    return np.where(some, np.minimum(part / np.where(some, whole, 1), 1.0), of_nothing)
