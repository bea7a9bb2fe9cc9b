"""New words go in, what is to be known of them comes out: their hashes, and what is listed of them."""

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function


class _Hashes(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_char_p),
        ("ends", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("out", ctypes.c_void_p),
    )


class _Listed(ctypes.Structure):
    _fields_ = (
        ("hashes", ctypes.c_void_p),
        ("values", ctypes.c_void_p),
        ("size", ctypes.c_int64),
        ("wanted", ctypes.c_void_p),
        ("count", ctypes.c_int64),
        ("out", ctypes.c_void_p),
    )


def hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    """Return 64 bits of BLAKE2b of each word."""
    parts = [word.encode("utf-8", "surrogatepass") for word in words]
    ends = np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)) + 1) - 1
    out = np.empty(len(parts), dtype=np.uint64)
    wanted = _Hashes(b" ".join(parts), address(ends, np.int64), len(parts), address(out, np.uint64))
    function("copydesk_hashes")(ctypes.byref(wanted))
    return out


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
