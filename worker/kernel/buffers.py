"""Memory outside the heap: scratch arrays, arrays that live for a few batches, and growing tables.

Large arrays that come and go between thousands of small objects fragment the heap, by a tenth of the process after
40,000 articles; and to get returned memory from the system again costs more than to fill it.
"""

from collections.abc import Sequence
from mmap import MAP_ANONYMOUS, MAP_PRIVATE, mmap
from typing import Any, Final, TypeAlias
from weakref import ref

import numpy as np
from numpy.typing import DTypeLike, NDArray

#: Bytes of scratch memory to keep: more than a usual batch needs; what a larger batch needs is freed after it.
_KEPT_MAX: Final = 8_000_000
#: Bytes of a block: the results of several batches.
_BLOCK: Final = 1 << 20
#: Bytes to which arrays are aligned: no dtype in use is larger.
_ALIGNMENT: Final = 8

#: Number of items and dtype.
ArraySpec: TypeAlias = tuple[int, DTypeLike]


class ScratchArrays:
    """Scratch memory of one kind of call; calls must not overlap."""

    def __init__(self) -> None:
        self._buffer = allocate_separately(0, np.uint8)

    def arrays(self, specs: Sequence[ArraySpec]) -> list[NDArray[Any]]:
        """Return uninitialised scratch arrays; the next call overwrites them."""
        offsets = [0]
        for count, kind in specs:
            offsets.append(offsets[-1] + _bytes(count, kind))
        buffer = self._buffer
        if len(buffer) < offsets[-1]:
            buffer = allocate_separately(offsets[-1], np.uint8)
            self._buffer = buffer if len(buffer) <= _KEPT_MAX else self._buffer
        return [np.ndarray(count, kind, buffer, offset) for (count, kind), offset in zip(specs, offsets, strict=False)]


class ArrayPool:
    """Blocks for arrays that are dropped about in order of creation; a block is reused when all its arrays are gone."""

    def __init__(self) -> None:
        self._mappings: list[tuple[mmap, ref[NDArray[np.uint8]]]] = []
        self._block = allocate_separately(0, np.uint8)
        self._filled = 0

    def array(self, count: int, kind: DTypeLike) -> NDArray[Any]:
        """Return an uninitialised array."""
        size = _bytes(count, kind)
        if size > _BLOCK:
            return allocate_separately(count, kind)
        if self._filled + size > len(self._block):
            self._block, self._filled = self._free_block(), 0
        offset = self._filled
        self._filled += size
        return np.ndarray(count, kind, self._block, offset)

    def _free_block(self) -> NDArray[np.uint8]:
        """Return a block without live arrays, or a new one."""
        index = next((index for index, (_, block) in enumerate(self._mappings) if block() is None), None)
        memory = _mapping(_BLOCK) if index is None else self._mappings.pop(index)[0]
        # a new array over the same memory each time: it lives as long as any array in the block
        block = np.ndarray(_BLOCK, np.uint8, memory)
        self._mappings.append((memory, ref(block)))
        return block


def allocate_separately(count: int, kind: DTypeLike) -> NDArray[Any]:
    """Return an array of zeros in its own memory mapping, which is freed with the array."""
    return np.ndarray(count, kind, _mapping(max(_bytes(count, kind), _ALIGNMENT)))


def _mapping(size: int) -> mmap:
    return mmap(-1, size, flags=MAP_PRIVATE | MAP_ANONYMOUS)


def _bytes(count: int, kind: DTypeLike) -> int:
    return -(-count * np.dtype(kind).itemsize // _ALIGNMENT) * _ALIGNMENT
