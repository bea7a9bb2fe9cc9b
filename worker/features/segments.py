"""Sort and split the words of many texts in one array, with a few NumPy calls for all of them.

Items have the number of their text in the high bits, so that one sort sorts each text.
"""

from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

#: A sort item of 64 bits: number of the text (8), hash (32), place in the text (24: settings limit the size of a text).
_TEXT: Final = np.uint64(56)
_HASH: Final = np.uint64(24)
PLACE: Final = np.uint64((1 << 24) - 1)


class Segments(NamedTuple):
    """Words of several texts, one text after the other."""

    #: of each word: its text, and its place in the text
    owner: NDArray[np.uint64]
    places: NDArray[np.intp]
    #: the start of each text, and the end of the last one
    bounds: NDArray[np.intp]

    @classmethod
    def of(cls, owner: NDArray[np.uint64], texts: int) -> "Segments":
        """Return the segments of words; ``owner`` is the text of each, ascending, from 0 to below ``texts``."""
        bounds = np.searchsorted(owner, np.arange(texts + 1, dtype=np.uint64))
        return cls(owner, np.arange(len(owner)) - bounds[owner], bounds)

    def split(self, *columns: NDArray[Any]) -> list[tuple[NDArray[Any], ...]]:
        """Return for each text its segment of the columns."""
        ends = pairwise(self.bounds.tolist())
        return [tuple(column[start:end] for column in columns) for start, end in ends]

    def ranked(self, hashes: NDArray[np.uint32]) -> "tuple[Segments, NDArray[np.uint64], NDArray[np.intp]]":
        """Return the segments of the distinct hashes, ascending; all items, sorted; the first item of each hash."""
        items: NDArray[np.uint64] = self.owner << _TEXT | hashes.astype(np.uint64) << _HASH
        items |= self.places.astype(np.uint64)
        items.sort()  # one 64-bit word for each item: several times as fast as an argsort by hash
        distinct = items >> _HASH
        first = np.flatnonzero(np.diff(distinct, prepend=~distinct[:1]))
        return Segments.of(items[first] >> _TEXT, len(self.bounds) - 1), items, first

    def at(self, items: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the index of sorted items in the arrays of these segments."""
        indices: NDArray[np.intp] = self.bounds[items >> _TEXT] + (items & PLACE).astype(np.intp)
        return indices


def hashes_of(items: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """Return the hashes of sorted items."""
    return (items >> _HASH).astype(np.uint32)


def distinct(items: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sort ``items`` in place and return the distinct ones, ascending."""
    items.sort()
    first = np.empty(len(items), dtype=bool)
    first[:1] = True
    np.not_equal(items[1:], items[:-1], out=first[1:])
    return items[first]
