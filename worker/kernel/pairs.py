"""Articles and which of them are compared go in, the numbers of each pair come out."""

import ctypes
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function

#: Fields of `worker.features.Features` that are read, and what each holds.
COLUMNS: Final = {
    "words": np.uint32,
    "weights": np.float32,
    "classes": np.uint8,
    "zipfs": np.float32,
    "places": np.int32,
    "grams": np.uint32,
    "gram_places": np.int32,
    "running_weights": np.float32,
    "which": np.int32,
    "passages": np.int16,
    "passage_weights": np.float64,
    "facts": np.uint32,
    "title": np.uint32,
}
#: How many numbers are told of a pair.
_TOLD: Final = 33
_NODE: Final = np.dtype([("weight", np.float32), ("next", np.int32), ("passage", np.int16)], align=True)


class _Texts(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in (*COLUMNS, "counts", "sums"))


class _Room(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_void_p)
        for name in (
            *("at_a", "at_b", "in_a", "in_b", "order", "slots"),
            *("column", "heads_a", "heads_b", "nodes_a", "nodes_b", "table"),
        )
    )


class _Given(ctypes.Structure):
    _fields_ = (
        ("texts", _Texts),
        ("starts", ctypes.c_void_p),
        ("pairs", ctypes.c_int64),
        ("which", ctypes.c_void_p),
        ("whole", ctypes.c_int64),
        ("room", _Room),
        ("told", ctypes.c_void_p),
    )


class Texts(NamedTuple):
    """Articles one after the other."""

    #: by `COLUMNS`
    columns: Sequence[NDArray[Any]]
    #: of each article: words, phrases, running words, passages, facts, words of the title, words of any kind
    counts: NDArray[np.int64]
    #: of each article: `worker.features.totals.Totals`
    sums: NDArray[np.float64]


def compare(texts: Texts, pairs: NDArray[np.int64], *, whole: bool) -> NDArray[np.float64]:
    """Return a row a pair of two articles' numbers: those of `Evidence` between ``exact`` and ``distance``.

    Not ``whole``: of a hopeless pair only what shows that it is one, the rest is NaN.
    """
    starts = np.cumsum(texts.counts, axis=0) - texts.counts
    room = _room(texts.counts)
    told = np.empty((len(pairs), _TOLD))
    given = _Given(
        _Texts(
            *(address(column, kind) for column, kind in zip(texts.columns, COLUMNS.values(), strict=True)),
            address(texts.counts, np.int64),
            address(texts.sums, np.float64),
        ),
        address(starts, np.int64),
        len(pairs),
        address(pairs, np.int64),
        whole,
        _Room(*(address(one, one.dtype) for one in room)),
        address(told, np.float64),
    )
    function("copydesk_evidence")(ctypes.byref(given))
    return told


def _room(counts: NDArray[np.int64]) -> list[NDArray[Any]]:
    words, grams, running, passages, facts, title, tokens = counts.max(axis=0).tolist()
    most = max(words, grams, facts, title) + 1  # one place more than can be shared
    return [
        *(np.empty(most, dtype=np.int32) for _ in range(5)),
        np.empty(max(running, tokens), dtype=np.int32),
        *(np.empty(words, dtype=np.int32) for _ in range(3)),
        *(np.empty(running, dtype=_NODE) for _ in range(2)),
        np.empty(passages * passages),
    ]
