"""Compute the SimHash and the sketch of many texts from their words with the compiled kernel."""

import ctypes
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, fields, function

#: Allocated keys per text: `MOST_KEYS` in sketch.c.
_KEYS_MAX: Final = 192


class _SimhashCall(ctypes.Structure):
    _fields_ = fields("texts *sizes *words *weights *out")


class Bounds(ctypes.Structure):
    """Number of keys of a kind: a share of the words, within these limits, and at most 64."""

    _fields_ = fields(("share", ctypes.c_double), "fewest most")


class _SketchCall(ctypes.Structure):
    _fields_ = fields(
        "texts *content_sizes *word_sizes *content_tokens *salient *words *rare",
        *((name, Bounds) for name in ("pairs", "name_pairs", "rare_words")),
        *((name, ctypes.c_uint32) for name in ("scatter", "gather")),
        "*keys *counts",
    )


class MarkedWords(NamedTuple):
    """Words of several texts, the number of words of each text, and which words are marked for sampling."""

    sizes: NDArray[np.int64]
    words: NDArray[np.uint32]
    marked: NDArray[np.bool_]


def simhashes(sizes: NDArray[np.int64], words: NDArray[np.uint32], weights: NDArray[np.int32]) -> bytes:
    """Return 32 bytes for each text; ``weights`` are from 0 to 65,535."""
    out = np.empty(32 * len(sizes), dtype=np.uint8)
    call = _SimhashCall(
        len(sizes),
        address(sizes, np.int64),
        address(words, np.uint32),
        address(weights, np.int32),
        address(out, np.uint8),
    )
    function("copydesk_simhashes")(ctypes.byref(call))
    return out.tobytes()


def sketches(
    content: MarkedWords, distinct: MarkedWords, bounds: tuple[Bounds, Bounds, Bounds], factors: tuple[int, int]
) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each text: pairs of content words, pairs of marked ones, marked distinct words.

    A key's rank is its product with the first of the ``factors``; the second is the inverse of the first.
    """
    texts = len(content.sizes)
    keys, counts = np.empty((texts, _KEYS_MAX), dtype=np.int32), np.empty(texts, dtype=np.int64)
    call = _SketchCall(
        texts,
        address(content.sizes, np.int64),
        address(distinct.sizes, np.int64),
        address(content.words, np.uint32),
        address(content.marked, np.bool_),
        address(distinct.words, np.uint32),
        address(distinct.marked, np.bool_),
        *bounds,
        *factors,
        address(keys, np.int32),
        address(counts, np.int64),
    )
    function("copydesk_sketches")(ctypes.byref(call))
    return [row[:count].copy() for row, count in zip(keys, counts.tolist(), strict=True)]
