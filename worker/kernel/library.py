"""The built library comes out; None where there is none, or where it was built of other sources than lie here."""

import ctypes
import logging
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from worker.kernel.build import LIBRARY, digest

logger = logging.getLogger(__name__)

#: What is known of a word, in one place of memory: looked up one by one, five arrays would be read in five places.
WORD: Final = np.dtype(
    [
        ("hashes", np.uint64),
        ("stems", np.uint32),
        ("weights", np.float32),
        ("zipfs", np.float32),
        ("kinds", np.uint8),
    ],
    align=True,
)

#: Where the words of a chunk are known, under its key, which is 0 where the slot is free: in one place of memory too.
SLOT: Final = np.dtype(
    [("keys", np.uint64), ("first", np.int32), ("counts", np.uint16), ("seen", np.bool_)],
    align=True,
)


def _load() -> ctypes.CDLL | None:
    if not LIBRARY.exists():
        return None
    try:
        found = ctypes.CDLL(str(LIBRARY))
        found.copydesk_sources.restype = ctypes.c_char_p
        if found.copydesk_sources().decode() == digest():
            return found
    except (OSError, AttributeError) as error:
        logger.warning("The compiled kernel can't be loaded, NumPy does its work: %s", error)
        return None
    logger.warning("The compiled kernel is of other sources than these, NumPy does its work: install again.")
    return None


_NOTHING: Final = ctypes.c_char * 0

#: None where NumPy does the work; tests set it to None to compare.
loaded: ctypes.CDLL | None = _load()


def function(name: str) -> Callable[..., int]:
    """Return a function of the loaded library; all take the address of a structure and return a whole number."""
    if loaded is None:
        raise RuntimeError("there is no compiled kernel")
    found = loaded[name]
    found.restype = ctypes.c_int64
    return found


def address(array: NDArray[Any], kind: DTypeLike) -> int:
    """Return where an array's items stand; they must be of ``kind`` and in a row."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"an array of {array.dtype}, where {kind} in a row are read")
    if not array.flags.writeable:
        return array.ctypes.data
    return ctypes.addressof(_NOTHING.from_buffer(array.data))  # at a third of the cost
