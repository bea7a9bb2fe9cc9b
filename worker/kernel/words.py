"""Texts go in, what is known of their words comes out: chunks are looked up in a table, rows copied, a batch a call."""

import ctypes
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import SLOT, WORD, address, function
from worker.kernel.room import ScratchArrays
from worker.kernel.table import bits_of

#: A chunk: where its words are known, and how many; none where it is not known.
CHUNK: Final = np.dtype([("first", np.int32), ("counts", np.int32)], align=True)
#: One that is not known: its key, where it stands, how many bytes it has, and which of all chunks it is.
MISSING: Final = np.dtype(
    [("keys", np.uint64), ("starts", np.int64), ("sizes", np.int32), ("which", np.int32)], align=True
)


_ROOM: Final = ScratchArrays()


class Factors(ctypes.Structure):
    """What keys of chunks are made with, see `worker.features.chunk_cache`."""

    _fields_ = (("factor", ctypes.c_uint64), ("other", ctypes.c_uint64))


class _Search(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_char_p),
        ("begins", ctypes.c_void_p),
        ("texts", ctypes.c_int64),
        ("factors", Factors),
        ("slots", ctypes.c_void_p),
        ("bits", ctypes.c_int64),
        ("chunks", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
        ("missing", ctypes.c_void_p),
        ("words", ctypes.c_int64),
    )


class _Rows(ctypes.Structure):
    _fields_ = (
        ("chunks", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
        ("texts", ctypes.c_int64),
        ("known", ctypes.c_void_p),
        ("out", ctypes.c_void_p),
        ("words", ctypes.c_void_p),
    )


class Found(NamedTuple):
    """The chunks of several texts, and how many of them each text has."""

    chunks: NDArray[np.void]
    sizes: NDArray[np.int64]
    #: holds until others are looked for
    missing: NDArray[np.void]
    #: how many words the known ones have
    words: int


def find(data: bytes, begins: NDArray[np.int64], factors: Factors, slots: NDArray[np.void]) -> Found:
    """Look up all chunks of texts and mark those that are known as seen.

    Texts begin in ``data`` at ``begins``, which names the end too, each behind one blank, 8 behind the last.
    """
    texts, most = len(begins) - 1, len(data) // 2 + 1
    chunks, missing = _ROOM.arrays([(most, CHUNK), (most, MISSING)])
    sizes = np.empty(texts, dtype=np.int64)
    search = _Search(
        data,
        address(begins, np.int64),
        texts,
        factors,
        address(slots, SLOT),
        bits_of(slots),
        address(chunks, CHUNK),
        address(sizes, np.int64),
        address(missing, MISSING),
    )
    unknown = function("copydesk_find")(ctypes.byref(search))
    return Found(chunks[: int(sizes.sum())].copy(), sizes, missing[:unknown], search.words)


def rows(found: Found, known: NDArray[np.void], out: NDArray[np.void]) -> NDArray[np.int64]:
    """Write the rows of all words of chunks, as many as ``out`` has, and return how many words each text has."""
    words = np.empty(len(found.sizes), dtype=np.int64)
    wanted = _Rows(
        address(found.chunks, CHUNK),
        address(found.sizes, np.int64),
        len(found.sizes),
        address(known, WORD),
        address(out, WORD),
        address(words, np.int64),
    )
    function("copydesk_rows")(ctypes.byref(wanted))
    return words
