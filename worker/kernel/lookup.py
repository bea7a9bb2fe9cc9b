"""Look words up in a sorted list of keys and values with the compiled kernel."""

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.kernel.chunk_lookup import Factors
from worker.kernel.library import address, fields, function


class SortedList(ctypes.Structure):
    """Addresses of ascending keys and their values; both arrays must outlive it."""

    _fields_ = fields("*keys *values size")

    @classmethod
    def of(cls, keys: NDArray[np.uint64], values: NDArray[np.uint16]) -> "SortedList":
        """Return the sorted list over two arrays."""
        return cls(address(keys, np.uint64), address(values, np.uint16), len(keys))


class _LookupCall(ctypes.Structure):
    _fields_ = fields(("list", SortedList), ("factors", Factors), ("words", ctypes.c_char_p), "size count *out")


def look_up(sorted_list: SortedList, factors: Factors, words: Sequence[str]) -> NDArray[np.int64]:
    """Return the value of each word, -1 if the list does not hold it; no word may contain a newline."""
    out = np.full(len(words), -1, dtype=np.int64)
    data = "\n".join([*words, " " * 8]).encode("utf-8", "surrogatepass")
    call = _LookupCall(sorted_list, factors, data, len(data) - 8, len(words), address(out, np.int64))
    function("copydesk_lookup")(ctypes.byref(call))
    return out
