"""Insert entries into the slots of `worker.features.hash_table` with the compiled kernel."""

import ctypes

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import SLOT, address, fields, function


class _InsertCall(ctypes.Structure):
    _fields_ = fields("*slots bits *entries count")


def bits_of(slots: NDArray[np.void]) -> int:
    """Return the base-2 logarithm of the number of slots, which is a power of two."""
    return len(slots).bit_length() - 1


def insert(slots: NDArray[np.void], entries: NDArray[np.void]) -> None:
    """Insert the filled ``entries``; their keys must be new, and there must be more free slots than entries."""
    call = _InsertCall(address(slots, SLOT), bits_of(slots), address(entries, SLOT), len(entries))
    function("copydesk_insert")(ctypes.byref(call))
