"""Load the compiled library: `loaded` is None if there is none that was built from these sources for this system."""

import ctypes
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, Final

from numpy.typing import DTypeLike, NDArray

from worker.errors import KernelError
from worker.kernel.build import LIBRARY, digest
from worker.kernel.structures import layout_errors

logger = logging.getLogger(__name__)

#: How much longer an article takes without the kernel, of all stages: measured by `copydesk bench`.
SLOWDOWN: Final = "about ten times"
MISSING: Final = f"The compiled kernel is missing: the results are the same, but an article takes {SLOWDOWN} as long."
#: What a call returns: the enum in kernel.h.
DONE, NO_MEMORY, NO_PAGE, NO_DESCRIPTION = range(4)


def _load() -> ctypes.CDLL | None:
    if not LIBRARY.exists():
        return None
    try:
        library = ctypes.CDLL(str(LIBRARY))
        library.copydesk_sources.restype = ctypes.c_char_p
        if library.copydesk_sources().decode() != f"{digest()} {_libc()}":
            logger.warning("The compiled kernel was built from other sources or for another system. %s", MISSING)
            return None
        errors = layout_errors(library)
    except (OSError, AttributeError) as error:
        logger.warning("The compiled kernel can't be loaded (%s). %s", error, MISSING)
        return None
    if errors:
        logger.warning("The compiled kernel has other structures (%s). %s", "; ".join(errors), MISSING)
        return None
    return library


def _libc() -> str:
    with suppress(ValueError, OSError):
        if os.confstr("CS_GNU_LIBC_VERSION"):
            return "glibc"
    return "other"


_NOTHING: Final = ctypes.c_char * 0

#: None where `worker.reference` does the work; tests set it to None to compare.
loaded: ctypes.CDLL | None = _load()


@cache
def function(name: str, *types: Any) -> Callable[..., int]:
    """Return a function of the loaded library, with the types of its arguments; each returns an integer."""
    if loaded is None:
        raise RuntimeError("there is no compiled kernel")
    exported = loaded[name]
    exported.argtypes, exported.restype = types, ctypes.c_int64
    return exported


def check(status: int) -> None:
    """Raise what a status means: MemoryError, or `KernelError` if the kernel is at fault."""
    if status == NO_MEMORY:
        raise MemoryError("the kernel got no memory")
    if status != DONE:
        raise KernelError(f"The kernel failed with status {status}: please report it with the text.")


def address(array: NDArray[Any], kind: DTypeLike) -> int:
    """Return the address of an array's data; raise TypeError unless it is contiguous and of the dtype ``kind``."""
    if array.dtype != kind or not array.flags.c_contiguous:
        raise TypeError(f"the kernel reads a contiguous array of {kind}, not this one of {array.dtype}")
    if not array.flags.writeable:
        return array.ctypes.data
    return ctypes.addressof(_NOTHING.from_buffer(array.data))  # a third of the cost of array.ctypes
