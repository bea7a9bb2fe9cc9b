"""Words of many texts go in, a SimHash and the sampled keys of each come out."""

import ctypes
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function

#: Keys of a text for which there is room.
_MOST_KEYS: Final = 192


class _Simhash(ctypes.Structure):
    _fields_ = (
        ("texts", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("sizes", "words", "weights", "out")),
    )


class Bounds(ctypes.Structure):
    """How many keys of a kind are kept: a share of the words, but at least and at most so many, and never over 64."""

    _fields_ = (("share", ctypes.c_double), ("fewest", ctypes.c_int64), ("most", ctypes.c_int64))


class _Sketch(ctypes.Structure):
    _fields_ = (
        ("texts", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("running_sizes", "word_sizes", "running", "telling", "words", "rare")),
        *((name, Bounds) for name in ("pairs", "name_pairs", "rare_words")),
        ("scatter", ctypes.c_uint32),
        ("gather", ctypes.c_uint32),
        ("keys", ctypes.c_void_p),
        ("counts", ctypes.c_void_p),
    )


class Running(NamedTuple):
    """Words of several texts, how many are of each, and which of them are asked for."""

    sizes: NDArray[np.int64]
    words: NDArray[np.uint32]
    which: NDArray[np.bool_]


def simhashes(sizes: NDArray[np.int64], words: NDArray[np.uint32], weights: NDArray[np.int32]) -> bytes:
    """Return 32 bytes a text; ``weights`` are from 0 to 65,535."""
    out = np.empty(32 * len(sizes), dtype=np.uint8)
    wanted = _Simhash(
        len(sizes),
        address(sizes, np.int64),
        address(words, np.uint32),
        address(weights, np.int32),
        address(out, np.uint8),
    )
    function("copydesk_simhashes")(ctypes.byref(wanted))
    return out.tobytes()


def sketches(
    running: Running, distinct: Running, bounds: tuple[Bounds, Bounds, Bounds], factors: tuple[int, int]
) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each text: pairs of running words, pairs of those asked for, distinct ones asked for.

    ``factors``: a key's rank is its product with the first, which the product with the second undoes.
    """
    texts = len(running.sizes)
    keys, counts = np.empty((texts, _MOST_KEYS), dtype=np.int32), np.empty(texts, dtype=np.int64)
    wanted = _Sketch(
        texts,
        address(running.sizes, np.int64),
        address(distinct.sizes, np.int64),
        address(running.words, np.uint32),
        address(running.which, np.bool_),
        address(distinct.words, np.uint32),
        address(distinct.which, np.bool_),
        *bounds,
        *factors,
        address(keys, np.int32),
        address(counts, np.int64),
    )
    function("copydesk_sketches")(ctypes.byref(wanted))
    return [row[:count].copy() for row, count in zip(keys, counts.tolist(), strict=True)]
