"""Words of many texts go in, what is compared of each text comes out: the arrays of `worker.features.Features`."""

import ctypes
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from worker.kernel.library import WORD, address, function
from worker.kernel.pairs import COLUMNS, TEXT
from worker.kernel.room import ArrayPool, ScratchArrays, Wanted

#: What is counted of each text.
_PARTS: Final = ("all_tokens", "content_tokens", "distinct", "grams", "passages", "facts", "title")
#: Each array, and the count that gives its length in one text.
_MADE: Final[dict[str, tuple[str, DTypeLike]]] = {
    "all_tokens": ("all_tokens", np.uint64),
    "content_tokens": ("content_tokens", np.uint32),
    "content_token_weights": ("content_tokens", np.float32),
    "is_name_or_number": ("content_tokens", np.bool_),
    "word_index": ("content_tokens", np.int32),
    "passages": ("content_tokens", np.int16),
    "words": ("distinct", np.uint32),
    "weights": ("distinct", np.float32),
    "classes": ("distinct", np.uint8),
    "zipfs": ("distinct", np.float32),
    "places": ("distinct", np.int32),
    "grams": ("grams", np.uint32),
    "gram_places": ("grams", np.int32),
    "passage_weights": ("passages", np.float64),
    "facts": ("facts", np.uint32),
    "title": ("title", np.uint32),
}
#: What was counted that tells how much there is of each column.
_COUNTS_OF: Final = [_PARTS.index(_MADE[name][0]) for name in COLUMNS]
#: Columns of sums (weight, squares, plain, rarity) and of numbers (names, figures, lead): `worker.features.totals`.
_SUMS: Final = 4
_NUMBERS: Final = 3
#: Columns of counts, and of sums with the numbers behind them, in the order of `worker.kernel.pairs.TEXT`.
_COUNTED: Final = [
    _PARTS.index(part) for part in "distinct grams content_tokens passages facts title all_tokens".split()
]
_SUMMED: Final = [0, 1, 2, 4, 3, 5, 6]
#: A word may stand in so many facts: with each of the four before it.
_FACTS_A_WORD: Final = 4
_ROOM: Final = ScratchArrays()
_SHELVES: Final = ArrayPool()

_POINTERS: Final = (
    "sizes known factors items spare at sentences named telling counts all_tokens content_tokens content_token_weights "
    "is_name_or_number word_index passages passage_weights "
    "words weights classes zipfs places sums numbers grams gram_places facts title"
).split()


class _Batch(ctypes.Structure):
    _fields_ = (("texts", ctypes.c_int64), *((name, ctypes.c_void_p) for name in _POINTERS))


class FeatureArrays(NamedTuple):
    """What was made of each text."""

    #: by field name of `worker.features.Features`; "all_tokens" is overwritten by the next call
    parts: dict[str, list[NDArray[Any]]]
    #: see `_SUMS` and `_NUMBERS`
    sums: list[list[float]]
    numbers: list[list[int]]
    #: `worker.kernel.pairs.TEXT` each
    texts: list[bytes]


def features(words: NDArray[np.void], sizes: NDArray[np.int64], factors: NDArray[np.float32]) -> FeatureArrays:
    """Make the features of texts; ``sizes`` are words of each title and each text, in turns.

    ``factors`` holds for every number of times that a word may come what its weight is multiplied with.
    """
    texts = len(sizes) // 2
    counts = np.empty((texts, len(_PARTS)), dtype=np.int64)
    sums, numbers = np.empty((texts, _SUMS)), np.empty((texts, _NUMBERS), dtype=np.int64)
    wanted = _wanted(len(words), len(factors))
    room = dict(zip(wanted, _ROOM.arrays(list(wanted.values())), strict=True))
    places = {
        "sizes": address(sizes, np.int64),
        "known": address(words, WORD),
        "factors": address(factors, np.float32),
        "counts": address(counts, np.int64),
        "sums": address(sums, np.float64),
        "numbers": address(numbers, np.int64),
        **{name: address(array, array.dtype) for name, array in room.items()},
    }
    function("copydesk_features")(ctypes.byref(_Batch(texts, **places)))
    bounds = np.zeros((texts + 1, len(_PARTS)), dtype=np.int64)
    np.cumsum(counts, axis=0, out=bounds[1:])
    kept = _kept(room, bounds[-1].tolist())
    return FeatureArrays(
        parts=_parts(kept, bounds),
        sums=sums.tolist(),
        numbers=numbers.tolist(),
        texts=_texts(kept, bounds, counts, np.hstack((sums, numbers))),
    )


def _wanted(words: int, longest: int) -> dict[str, Wanted]:
    """Return what is worked in, for texts of so many words in all and in the longest."""
    out = {name: (words * (_FACTS_A_WORD if name == "facts" else 1), kind) for name, (_, kind) in _MADE.items()}
    items: dict[str, Wanted] = dict.fromkeys(("items", "spare"), (_FACTS_A_WORD * longest, np.uint64))
    each: dict[str, Wanted] = dict.fromkeys(("at", "sentences", "telling"), (longest, np.int32))
    return out | items | each | {"named": (longest, np.uint8)}


def _kept(room: Mapping[str, NDArray[Any]], counts: Sequence[int]) -> dict[str, Any]:
    """Return copies of the arrays that were written; "all_tokens" is not copied, the caller reads it at once."""
    sizes = dict(zip(_PARTS, counts, strict=True))
    kept: dict[str, Any] = {}
    for name, (part, kind) in _MADE.items():
        kept[name] = written = room[name][: sizes[part]]
        if name != "all_tokens":
            kept[name] = _SHELVES.array(len(written), kind)
            kept[name][:] = written
    return kept


def _parts(kept: Mapping[str, NDArray[Any]], bounds: NDArray[np.int64]) -> dict[str, list[NDArray[Any]]]:
    """Return what belongs to each text: a field after the other, in half the time of a text after the other."""
    spans = {part: list(pairwise(column)) for part, column in zip(_PARTS, bounds.T.tolist(), strict=True)}
    return {name: [kept[name][start:end] for start, end in spans[part]] for name, (part, _) in _MADE.items()}


def _texts(
    kept: Mapping[str, NDArray[Any]], bounds: NDArray[np.int64], counts: NDArray[np.int64], sums: NDArray[np.float64]
) -> list[bytes]:
    """Return for each text what its pairs are compared by."""
    texts = np.empty(len(counts), dtype=TEXT)
    sizes = np.array([kept[name].itemsize for name in COLUMNS])
    texts["at"] = bounds[:-1, _COUNTS_OF] * sizes + [address(kept[name], kept[name].dtype) for name in COLUMNS]
    texts["counts"] = counts[:, _COUNTED]
    texts["sums"] = sums[:, _SUMMED]
    whole = texts.tobytes()
    return [whole[at : at + TEXT.itemsize] for at in range(0, len(whole), TEXT.itemsize)]
