"""Words of many texts go in one array, sorted and parted by text they come out: a few calls of NumPy for all of them.

What is sorted bears the number of its text in its high bits, so that one sort is a sort of each text.
"""

from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: What is sorted, 64 bits: number of the text (8), hash (32), place in the text (24: settings bound what is read).
_TEXT: Final = np.uint64(56)
_HASH: Final = np.uint64(24)
PLACE: Final = np.uint64((1 << 24) - 1)


class Segments(NamedTuple):
    """Words of several texts, one text after the other."""

    #: of each word: its text, and its place there
    owner: NDArray[np.uint64]
    places: NDArray[np.intp]
    #: where each text begins, one more than texts: the last is the end
    bounds: NDArray[np.intp]

    @classmethod
    def of(cls, owner: NDArray[np.uint64], texts: int) -> "Segments":
        """Part words by the text that each is of, ascending, from 0 to below ``texts``."""
        bounds = np.searchsorted(owner, np.arange(texts + 1, dtype=np.uint64))
        return cls(owner, np.arange(len(owner)) - bounds[owner], bounds)

    def split(self, *columns: NDArray[Any]) -> list[tuple[NDArray[Any], ...]]:
        """Return for each text its part of the columns."""
        ends = pairwise(self.bounds.tolist())
        return [tuple(column[start:end] for column in columns) for start, end in ends]

    def ranked(self, hashes: NDArray[np.uint32]) -> "tuple[Segments, NDArray[np.uint64], NDArray[np.intp]]":
        """Return the distinct hashes of each text, ascending, as a run; all items, sorted; where each hash begins."""
        items: NDArray[np.uint64] = self.owner << _TEXT | hashes.astype(np.uint64) << _HASH
        items |= self.places.astype(np.uint64)
        items.sort()  # one word an item: several times as fast as sorting places by their hashes
        distinct = items >> _HASH
        first = np.flatnonzero(np.diff(distinct, prepend=~distinct[:1]))
        return Segments.of(items[first] >> _TEXT, len(self.bounds) - 1), items, first

    def at(self, items: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return where in this run sorted items stand."""
        at: NDArray[np.intp] = self.bounds[items >> _TEXT] + (items & PLACE).astype(np.intp)
        return at


def hashes_of(items: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return the hashes of sorted items."""
    return (items >> _HASH).astype(np.uint32)


def distinct(items: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sort ``items`` where they stand and return the distinct ones, ascending."""
    items.sort()
    first = np.empty(len(items), dtype=bool)
    first[:1] = True
    np.not_equal(items[1:], items[:-1], out=first[1:])
    return items[first]
