"""Keys of 64 bits go in, the numbers kept under them come out, thousands at a time.

A hash table of two arrays whose slots are tried one after the other (open addressing), for all keys in step: 12 bytes a
slot, where a dictionary of strings takes some 150 an entry.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.table import Slots, put

#: Slots of an empty table, as a power of two; a table that is half full becomes four times as large.
_FIRST_BITS: Final = 12


class Table:
    """Numbers by key; 0 is no key, for it marks a free slot."""

    def __init__(self) -> None:
        self._filled = 0
        self._make(_FIRST_BITS)

    def __len__(self) -> int:
        return self._filled

    def find(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        """Return the number of each key, -1 of one that is not there."""
        slots = self._home(keys)
        held = self._keys[slots]
        numbers = np.where(held == keys, self._numbers[slots], -1)
        left = np.flatnonzero((held != keys) & (held != 0))
        while len(left):
            slots[left] = self._next(slots[left])
            held, wanted = self._keys[slots[left]], keys[left]
            hit = left[held == wanted]
            numbers[hit] = self._numbers[slots[hit]]
            left = left[(held != wanted) & (held != 0)]
        return numbers

    @property
    def slots(self) -> Slots:
        """All slots as they are."""
        return Slots(self._keys, self._numbers)

    def items(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return all keys, and the number of each."""
        full = np.flatnonzero(self._keys)
        return self._keys[full], self._numbers[full]

    def put(self, keys: NDArray[np.uint64], numbers: NDArray[np.intp]) -> None:
        """Keep numbers under distinct keys that are not there yet."""
        while 2 * (self._filled + len(keys)) > len(self._keys):
            old_keys, old_numbers = self.items()
            self._make(self._bits + 2)
            self._place(old_keys, old_numbers)
        self._place(keys, numbers)
        self._filled += len(keys)

    def _make(self, bits: int) -> None:
        self._bits = bits
        self._keys = np.zeros(1 << bits, dtype=np.uint64)
        self._numbers = np.zeros(1 << bits, dtype=np.int32)

    def _place(self, keys: NDArray[np.uint64], numbers: NDArray[np.signedinteger[Any]]) -> None:
        if library.loaded is not None:
            put(self.slots, keys, numbers.astype(np.int32))
            return
        slots, left = self._home(keys), np.arange(len(keys))
        while len(left):
            free = left[self._keys[slots[left]] == 0]
            self._keys[slots[free]] = keys[free]  # of several that want one slot the last gets it
            got = self._keys[slots[left]] == keys[left]
            self._numbers[slots[left[got]]] = numbers[left[got]]
            left = left[~got]
            slots[left] = self._next(slots[left])

    def _home(self, keys: NDArray[np.uint64]) -> NDArray[np.intp]:
        return (keys >> np.uint64(64 - self._bits)).astype(np.intp)

    def _next(self, slots: NDArray[np.intp]) -> NDArray[np.intp]:
        following: NDArray[np.intp] = (slots + 1) & (len(self._keys) - 1)
        return following
