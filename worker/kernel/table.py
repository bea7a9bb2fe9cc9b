"""The slots of `worker.features.table`, and what is done with them by the compiled kernel."""

import ctypes

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import SLOT, address, function


class _Put(ctypes.Structure):
    _fields_ = (
        ("slots", ctypes.c_void_p),
        ("bits", ctypes.c_int64),
        ("given", ctypes.c_void_p),
        ("count", ctypes.c_int64),
    )


def bits_of(slots: NDArray[np.void]) -> int:
    """Return of how many bits the number of a slot is: there is some power of two of them."""
    return len(slots).bit_length() - 1


def put(slots: NDArray[np.void], given: NDArray[np.void]) -> None:
    """Copy the filled ones of slots ``given``, whose keys are not there yet; more must be free than these."""
    wanted = _Put(address(slots, SLOT), bits_of(slots), address(given, SLOT), len(given))
    function("copydesk_put")(ctypes.byref(wanted))
