"""Memory for arrays that the heap would break up: what is worked in, what lasts for some batches, tables that grow.

Megabytes that come and go on the heap beside thousands of small objects leave holes between these that nothing fits, a
tenth of a process after 40,000 articles; and what is given back to the system costs more to have again than to fill.
"""

from collections.abc import Sequence
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Any, Final, TypeAlias
from weakref import ref

import numpy as np
from numpy.typing import DTypeLike, NDArray

#: More than a batch of usual articles is worked in; what a larger one needs is given back.
_MOST_KEPT: Final = 8_000_000
#: Bytes of a shelf: what lasts of some batches.
_SHELF: Final = 1 << 20
#: Where arrays may begin: no number has more bytes.
_STEP: Final = 8

#: How many items, and of what kind.
Wanted: TypeAlias = tuple[int, DTypeLike]


class ScratchArrays:
    """What is worked in by one kind of call, never two of them at a time."""

    def __init__(self) -> None:
        self._kept = allocate_separately(0, np.uint8)

    def arrays(self, wanted: Sequence[Wanted]) -> list[NDArray[Any]]:
        """Return arrays of so many items, whatever these are; they hold until the next call."""
        begins = [0]
        for count, kind in wanted:
            begins.append(begins[-1] + _bytes(count, kind))
        whole = self._kept
        if len(whole) < begins[-1]:
            whole = allocate_separately(begins[-1], np.uint8)
            self._kept = whole if len(whole) <= _MOST_KEPT else self._kept
        return [np.ndarray(count, kind, whole, at) for (count, kind), at in zip(wanted, begins, strict=False)]


class ArrayPool:
    """Memory for arrays that are dropped about in the order in which they were made: used again when all on it are."""

    def __init__(self) -> None:
        self._memory: list[tuple[mmap, ref[NDArray[np.uint8]]]] = []
        self._shelf = allocate_separately(0, np.uint8)
        self._filled = 0

    def array(self, count: int, kind: DTypeLike) -> NDArray[Any]:
        """Return an array of so many items, whatever these are."""
        size = _bytes(count, kind)
        if size > _SHELF:
            return allocate_separately(count, kind)
        if self._filled + size > len(self._shelf):
            self._shelf, self._filled = self._free(), 0
        at = self._filled
        self._filled += size
        return np.ndarray(count, kind, self._shelf, at)

    def _free(self) -> NDArray[np.uint8]:
        """Return a shelf on which nothing stands any more, or a new one."""
        at = next((at for at, (_, shelf) in enumerate(self._memory) if shelf() is None), None)
        memory = _mapping(_SHELF) if at is None else self._memory.pop(at)[0]
        # a new array of the same memory each time: it lives as long as any that stands on it
        shelf = np.ndarray(_SHELF, np.uint8, memory)
        self._memory.append((memory, ref(shelf)))
        return shelf


def allocate_separately(count: int, kind: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros in a mapping of its own, which is given back when it is dropped."""
    return np.ndarray(count, kind, _mapping(max(_bytes(count, kind), _STEP)))


def _mapping(size: int) -> mmap:
    return mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS)


def _bytes(count: int, kind: DTypeLike) -> int:
    return -(-count * np.dtype(kind).itemsize // _STEP) * _STEP
