"""Words go in, what a sorted list holds beside each comes out."""

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function
from worker.kernel.words import Factors


class List(ctypes.Structure):
    """Keys, ascending, and a number beside each; the arrays must live as long."""

    _fields_ = (("keys", ctypes.c_void_p), ("values", ctypes.c_void_p), ("size", ctypes.c_int64))

    @classmethod
    def of(cls, keys: NDArray[np.uint64], values: NDArray[np.uint16]) -> "List":
        """Return the list of these."""
        return cls(address(keys, np.uint64), address(values, np.uint16), len(keys))


class _Listed(ctypes.Structure):
    _fields_ = (
        ("list", List),
        ("factors", Factors),
        ("words", ctypes.c_char_p),
        ("size", ctypes.c_int64),
        ("count", ctypes.c_int64),
        ("out", ctypes.c_void_p),
    )


def listed(among: List, factors: Factors, words: Sequence[str]) -> NDArray[np.int64]:
    """Return the number beside each word, none of which has a line's end, -1 where the list does not hold it."""
    out = np.full(len(words), -1, dtype=np.int64)
    data = "\n".join([*words, " " * 8]).encode("utf-8", "surrogatepass")
    wanted = _Listed(among, factors, data, len(data) - 8, len(words), address(out, np.int64))
    function("copydesk_listed")(ctypes.byref(wanted))
    return out
