"""Words of many texts go in, what is compared of each text comes out: the arrays of `worker.features.form.Features`."""

import ctypes
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from worker.kernel.library import WORD, address, function

#: What is counted of each text, and the arrays of which so much is its part.
_PARTS: Final[dict[str, dict[str, DTypeLike]]] = {
    "said": {"said": np.uint64},
    "running": {
        "running": np.uint32,
        "running_weights": np.float32,
        "running_marked": np.bool_,
        "which": np.int32,
        "passages": np.int16,
    },
    "distinct": {
        "words": np.uint32,
        "weights": np.float32,
        "classes": np.uint8,
        "zipfs": np.float32,
        "places": np.int32,
    },
    "grams": {"grams": np.uint32, "gram_places": np.int32},
    "passages": {"passage_weights": np.float64},
    "facts": {"facts": np.uint32},
    "title": {"title": np.uint32},
}
#: Columns of sums (weight, squares, plain, rarity) and of numbers (names, figures, lead): `worker.features.totals`.
_SUMS: Final = 4
_NUMBERS: Final = 3
#: A word may stand in so many facts: with each of the four before it.
_FACTS_A_WORD: Final = 4

_POINTERS: Final = (
    "sizes known factors items spare at sentences named telling counts said running running_weights running_marked "
    "which passages passage_weights words weights classes zipfs places sums numbers grams gram_places facts title"
).split()


class _Batch(ctypes.Structure):
    _fields_ = (("texts", ctypes.c_int64), *((name, ctypes.c_void_p) for name in _POINTERS))


class Made(NamedTuple):
    """Arrays of all texts; where a text's part of each begins and ends; its sums and numbers."""

    said: NDArray[np.uint64]
    running: NDArray[np.uint32]
    running_weights: NDArray[np.float32]
    running_marked: NDArray[np.bool_]
    which: NDArray[np.int32]
    passages: NDArray[np.int16]
    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]
    places: NDArray[np.int32]
    grams: NDArray[np.uint32]
    gram_places: NDArray[np.int32]
    passage_weights: NDArray[np.float64]
    facts: NDArray[np.uint32]
    title: NDArray[np.uint32]
    #: a row a text and one for the end: said, running, distinct, grams, passages, facts, title
    bounds: list[list[int]]
    sums: list[list[float]]
    numbers: list[list[int]]


def features(words: NDArray[np.void], sizes: NDArray[np.int64], factors: NDArray[np.float32]) -> Made:
    """Make the features of texts; ``sizes`` are words of each title and each text, in turns.

    ``factors`` holds for every number of times that a word may come what its weight is multiplied with.
    """
    texts, longest = len(sizes) // 2, len(factors)
    room = _room(longest)
    counts = np.empty((texts, len(_PARTS)), dtype=np.int64)
    sums, numbers = np.empty((texts, _SUMS)), np.empty((texts, _NUMBERS), dtype=np.int64)
    out = {
        name: np.empty(len(words) * (_FACTS_A_WORD if name == "facts" else 1), dtype=kind)
        for part in _PARTS.values()
        for name, kind in part.items()
    }
    places = {
        "sizes": address(sizes, np.int64),
        "known": address(words, WORD),
        "factors": address(factors, np.float32),
        "counts": address(counts, np.int64),
        "sums": address(sums, np.float64),
        "numbers": address(numbers, np.int64),
        **{name: address(array, array.dtype) for name, array in (room | out).items()},
    }
    function("copydesk_features")(ctypes.byref(_Batch(texts, **places)))
    bounds = np.zeros((texts + 1, len(_PARTS)), dtype=np.int64)
    np.cumsum(counts, axis=0, out=bounds[1:])
    # copies of what was written: features are kept for long, and room that was not needed would be kept with them
    ends = dict(zip(_PARTS, bounds[-1].tolist(), strict=True))
    kept: dict[str, Any] = {name: out[name][: ends[part]].copy() for part in _PARTS for name in _PARTS[part]}
    return Made(**kept, bounds=bounds.tolist(), sums=sums.tolist(), numbers=numbers.tolist())


def _room(longest: int) -> dict[str, NDArray[Any]]:
    """Return what is worked in, for a text of so many words."""
    items = {name: np.empty(_FACTS_A_WORD * longest, dtype=np.uint64) for name in ("items", "spare")}
    each = {name: np.empty(longest, dtype=np.int32) for name in ("at", "sentences", "telling")}
    return items | each | {"named": np.empty(longest, dtype=np.uint8)}
