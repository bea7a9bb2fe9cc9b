"""The arrays of `worker.features.table`, and what is done with them by the compiled kernel."""

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function


class Slots(NamedTuple):
    """A hash table of some power of two: keys, 0 where a slot is free, and the number beside each."""

    keys: NDArray[np.uint64]
    numbers: NDArray[np.int32]

    @property
    def bits(self) -> int:
        """Of how many bits the number of a slot is."""
        return len(self.keys).bit_length() - 1


class _Put(ctypes.Structure):
    _fields_ = (
        ("keys", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("bits", ctypes.c_int64),
        ("new_keys", ctypes.c_void_p),
        ("new_numbers", ctypes.c_void_p),
        ("count", ctypes.c_int64),
    )


def put(slots: Slots, keys: NDArray[np.uint64], numbers: NDArray[np.int32]) -> None:
    """Keep numbers under keys that are not there yet; more slots must be free than there are keys."""
    wanted = _Put(
        address(slots.keys, np.uint64),
        address(slots.numbers, np.int32),
        slots.bits,
        address(keys, np.uint64),
        address(numbers, np.int32),
        len(keys),
    )
    function("copydesk_put")(ctypes.byref(wanted))
