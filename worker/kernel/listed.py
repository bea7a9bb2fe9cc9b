"""Hashes go in, what a sorted list holds beside each comes out."""

import ctypes

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function


class _Listed(ctypes.Structure):
    _fields_ = (
        ("hashes", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("wanted", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("out", ctypes.c_void_p),
    )


def listed(hashes: NDArray[np.int64], values: NDArray[np.uint16], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the value beside each wanted one of ascending hashes, -1 where it is not among them."""
    out = np.empty(len(wanted), dtype=np.int64)
    arguments = _Listed(
        address(hashes, np.int64),
        address(values, np.uint16),
        len(hashes),
        address(wanted, np.int64),
        len(wanted),
        address(out, np.int64),
    )
    function("copydesk_listed")(ctypes.byref(arguments))
    return out
