"""Keys of 64 bits go in, the words kept under them come out, thousands at a time.

A hash table of one array whose slots are tried one after the other (open addressing), for all keys in step: 16 bytes a
slot, where a dictionary of strings takes some 150 an entry.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.library import SLOT
from worker.kernel.room import allocate_separately
from worker.kernel.table import bits_of, put

#: Slots of an empty table; a table that is half full becomes twice as large.
_FIRST_SLOTS: Final = 1 << 12


class HashTable:
    """Slots by key: the first row and the count of a chunk's words; 0 is no key, for it marks a free slot."""

    def __init__(self) -> None:
        self.filled = 0
        self.slots = allocate_separately(_FIRST_SLOTS, SLOT)

    def __len__(self) -> int:
        return self.filled

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return first row and count of each key, 0 and 0 of one that is not there; mark those that are as seen."""
        places, held = self._home(keys), self.slots["keys"]
        left = np.flatnonzero((held[places] != keys) & (held[places] != 0))
        while len(left):
            places[left] = self._next(places[left])
            left = left[(held[places[left]] != keys[left]) & (held[places[left]] != 0)]
        found = self.slots[places]
        self.slots["seen"][places[found["keys"] != 0]] = True
        return found["first"].astype(np.intp), found["counts"].astype(np.intp)

    def seen(self) -> NDArray[np.void]:
        """Return the slots of all keys that were found."""
        found: NDArray[np.void] = self.slots[self.slots["seen"]]
        return found

    def reserve(self, more: int) -> None:
        """Make room for so many keys more."""
        if 2 * (self.filled + more) <= len(self.slots):
            return
        old = self.slots
        self.slots = allocate_separately(1 << (2 * (self.filled + more) - 1).bit_length(), SLOT)
        self._place(old)

    def put(self, keys: NDArray[np.uint64], first: NDArray[np.intp], counts: NDArray[np.intp]) -> None:
        """Keep words under distinct keys that are not there yet; none of them counts as seen."""
        self.reserve(len(keys))
        given = np.zeros(len(keys), dtype=SLOT)
        given["keys"], given["first"], given["counts"] = keys, first, counts
        self._place(given)
        self.filled += len(keys)

    def _place(self, given: NDArray[np.void]) -> None:
        if library.loaded is not None:
            put(self.slots, given)
            return
        given = given[given["keys"] != 0]
        keys = given["keys"]
        places, left = self._home(keys), np.arange(len(keys))
        while len(left):
            free = left[self.slots["keys"][places[left]] == 0]
            self.slots[places[free]] = given[free]  # of several that want one slot the last gets it
            left = left[self.slots["keys"][places[left]] != keys[left]]
            places[left] = self._next(places[left])

    def _home(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return (keys >> np.uint64(64 - bits_of(self.slots))).astype(np.intp)

    def _next(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        following: NDArray[np.intp] = (places + 1) & (len(self.slots) - 1)
        return following
