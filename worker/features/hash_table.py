"""A hash table from 64-bit chunk keys to rows of words, used with thousands of keys per call.

It is one array with open addressing and linear probing, for all keys in step: 16 bytes for each slot, where a
dictionary of strings takes about 150 for each entry.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.buffers import allocate_separately
from worker.kernel.hash_table import bits_of, insert
from worker.kernel.library import SLOT

#: Slots of an empty table; the table doubles when it is half full.
_FIRST_SLOTS: Final = 1 << 12


class HashTable:
    """Slots by key, with the first row and the number of a chunk's words; key 0 marks a free slot."""

    def __init__(self) -> None:
        self.filled = 0
        self.slots = allocate_separately(_FIRST_SLOTS, SLOT)

    def __len__(self) -> int:
        return self.filled

    def look_up(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return first row and word count of each key, 0 and 0 for a missing key; mark the others as seen."""
        positions, slot_keys = self._home_slots(keys), self.slots["keys"]
        pending = np.flatnonzero((slot_keys[positions] != keys) & (slot_keys[positions] != 0))
        while len(pending):
            positions[pending] = self._next_slots(positions[pending])
            pending = pending[(slot_keys[positions[pending]] != keys[pending]) & (slot_keys[positions[pending]] != 0)]
        slots = self.slots[positions]
        self.slots["seen"][positions[slots["keys"] != 0]] = True
        return slots["first"].astype(np.intp), slots["counts"].astype(np.intp)

    def seen_slots(self) -> NDArray[np.void]:
        """Return the slots of all keys that were looked up since they were inserted."""
        seen: NDArray[np.void] = self.slots[self.slots["seen"]]
        return seen

    def reserve(self, additional: int) -> None:
        """Grow the table if it can't take this many more keys."""
        if 2 * (self.filled + additional) <= len(self.slots):
            return
        old = self.slots
        self.slots = allocate_separately(1 << (2 * (self.filled + additional) - 1).bit_length(), SLOT)
        self._insert_entries(old)

    def insert(self, keys: NDArray[np.uint64], first: NDArray[np.intp], counts: NDArray[np.intp]) -> None:
        """Insert distinct new keys with their words; they are not marked as seen."""
        self.reserve(len(keys))
        entries = np.zeros(len(keys), dtype=SLOT)
        entries["keys"], entries["first"], entries["counts"] = keys, first, counts
        self._insert_entries(entries)
        self.filled += len(keys)

    def _insert_entries(self, entries: NDArray[np.void]) -> None:
        if library.loaded is not None:
            insert(self.slots, entries)
            return
        entries = entries[entries["keys"] != 0]
        keys = entries["keys"]
        positions, pending = self._home_slots(keys), np.arange(len(keys))
        while len(pending):
            free = pending[self.slots["keys"][positions[pending]] == 0]
            self.slots[positions[free]] = entries[free]  # the last of several entries for one slot wins
            pending = pending[self.slots["keys"][positions[pending]] != keys[pending]]
            positions[pending] = self._next_slots(positions[pending])

    def _home_slots(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return (keys >> np.uint64(64 - bits_of(self.slots))).astype(np.intp)

    def _next_slots(self, positions: NDArray[np.intp]) -> NDArray[np.intp]:
        following: NDArray[np.intp] = (positions + 1) & (len(self.slots) - 1)
        return following
