"""Texts go in, what is known of their words comes out: chunks are looked up in a table, rows copied, a batch a call."""

import ctypes
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import WORD, address, function
from worker.kernel.table import Slots


class _Search(ctypes.Structure):
    _fields_ = (
        ("data", ctypes.c_char_p),
        ("begins", ctypes.c_void_p),
        ("texts", ctypes.c_int64),
        ("factor", ctypes.c_uint64),
        ("other", ctypes.c_uint64),
        ("keys", ctypes.c_void_p),
        ("numbers", ctypes.c_void_p),
        ("bits", ctypes.c_int64),
        ("words", ctypes.c_void_p),
        ("seen", ctypes.c_void_p),
        ("found", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
        ("missing", ctypes.c_void_p),
        ("starts", ctypes.c_void_p),
        ("ends", ctypes.c_void_p),
        ("missing_keys", ctypes.c_void_p),
        ("known_words", ctypes.c_int64),
    )


class _Rows(ctypes.Structure):
    _fields_ = (
        ("numbers", ctypes.c_void_p),
        ("sizes", ctypes.c_void_p),
        ("texts", ctypes.c_int64),
        ("first", ctypes.c_void_p),
        ("count", ctypes.c_void_p),
        ("known", ctypes.c_void_p),
        ("out", ctypes.c_void_p),
        ("words", ctypes.c_void_p),
    )


class Found(NamedTuple):
    """The chunks of several texts."""

    #: of every chunk: its number, -1 of one that is not known
    numbers: NDArray[np.int32]
    #: chunks of each text
    sizes: NDArray[np.int64]
    #: of every chunk that is not known: which it is, where it stands, its key
    missing: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    keys: NDArray[np.uint64]
    #: how many words the known ones have
    words: int


class Factors(NamedTuple):
    """What keys of chunks are made with, see `worker.features.chunks`."""

    factor: int
    other: int


def find(
    data: bytes,
    begins: NDArray[np.int64],
    factors: Factors,
    slots: Slots,
    counts: NDArray[np.int64],
    seen: NDArray[np.bool_],
) -> Found:
    """Look up all chunks of texts and mark in ``seen`` those that are known.

    Texts begin in ``data`` at ``begins``, which names the end too, each behind one blank, 8 behind the last.
    """
    texts, most = len(begins) - 1, len(data) // 2 + 1
    numbers, sizes = np.empty(most, dtype=np.int32), np.empty(texts, dtype=np.int64)
    missing, starts, ends = (np.empty(most, dtype=np.int64) for _ in range(3))
    keys = np.empty(most, dtype=np.uint64)
    search = _Search(
        data,
        address(begins, np.int64),
        texts,
        *factors,
        address(slots.keys, np.uint64),
        address(slots.numbers, np.int32),
        slots.bits,
        address(counts, np.int64),
        address(seen, np.bool_),
        address(numbers, np.int32),
        address(sizes, np.int64),
        *(address(one, np.int64) for one in (missing, starts, ends)),
        address(keys, np.uint64),
    )
    unknown = function("copydesk_find")(ctypes.byref(search))
    return Found(
        numbers=numbers[: int(sizes.sum())],
        sizes=sizes,
        missing=missing[:unknown],
        starts=starts[:unknown],
        ends=ends[:unknown],
        keys=keys[:unknown],
        words=search.known_words,
    )


def rows(
    found: Found, first: NDArray[np.int64], counts: NDArray[np.int64], known: NDArray[np.void], total: int
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return the rows of all words of the chunks ``found``, ``total`` of them, and how many words each text has."""
    out, words = np.empty(total, dtype=known.dtype), np.empty(len(found.sizes), dtype=np.int64)
    wanted = _Rows(
        address(found.numbers, np.int32),
        address(found.sizes, np.int64),
        len(found.sizes),
        address(first, np.int64),
        address(counts, np.int64),
        address(known, WORD),
        address(out, WORD),
        address(words, np.int64),
    )
    function("copydesk_rows")(ctypes.byref(wanted))
    return out, words
