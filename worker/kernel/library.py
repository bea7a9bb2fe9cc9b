"""Load the compiled library: `loaded` is None if there is none or if it was built from other sources than these."""

import ctypes
import logging
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from worker.kernel.build import LIBRARY, digest

logger = logging.getLogger(__name__)

#: The properties of a word, as one record: words are looked up one by one, and five arrays would be five cache misses.
WORD: Final = np.dtype(
    [("hashes", np.uint64), ("stems", np.uint32), ("weights", np.float32), ("zipfs", np.float32), ("kinds", np.uint8)],
    align=True,
)

#: A slot of the hash table of chunks, one record for the same reason: key (0 in a free slot), first row, word count.
SLOT: Final = np.dtype(
    [("keys", np.uint64), ("first", np.int32), ("counts", np.uint16), ("seen", np.bool_)], align=True
)


def _load() -> ctypes.CDLL | None:
    if not LIBRARY.exists():
        return None
    try:
        library = ctypes.CDLL(str(LIBRARY))
        library.copydesk_sources.restype = ctypes.c_char_p
        if library.copydesk_sources().decode() == digest():
            return library
    except (OSError, AttributeError) as error:
        logger.warning("The compiled kernel can't be loaded, so NumPy does its work: %s", error)
        return None
    logger.warning("The compiled kernel was built from other sources, so NumPy does its work: install Copydesk again.")
    return None


_NOTHING: Final = ctypes.c_char * 0

#: None where NumPy does the work; tests set it to None to compare.
loaded: ctypes.CDLL | None = _load()


def fields(*groups: str | tuple[str, type[Any]]) -> list[tuple[str, type[Any]]]:
    """Return the fields of a C structure: ``name`` is an int64, ``*name`` an address, a pair a name and its type."""
    out: list[tuple[str, type[Any]]] = []
    for group in groups:
        if isinstance(group, str):
            out += [(n.lstrip("*"), ctypes.c_void_p if n[0] == "*" else ctypes.c_int64) for n in group.split()]
        else:
            out.append(group)
    return out


def function(name: str) -> Callable[..., int]:
    """Return a function of the loaded library; each takes the address of a structure and returns an integer."""
    if loaded is None:
        raise RuntimeError("there is no compiled kernel")
    exported = loaded[name]
    exported.restype = ctypes.c_int64
    return exported


def address(array: NDArray[Any], kind: DTypeLike) -> int:
    """Return the address of an array's data; raise TypeError unless it is contiguous and of the dtype ``kind``."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"the kernel reads a contiguous array of {kind}, not this one of {array.dtype}")
    if not array.flags.writeable:
        return array.ctypes.data
    return ctypes.addressof(_NOTHING.from_buffer(array.data))  # a third of the cost of array.ctypes
