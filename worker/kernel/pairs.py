"""Articles and which of them are compared go in, the numbers of each pair come out."""

import ctypes
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function

#: Fields of `worker.features.Features` that are read.
COLUMNS: Final = (
    *("words", "weights", "classes", "zipfs", "places", "grams", "gram_places", "content_token_weights", "word_index"),
    *("passages", "passage_weights", "facts", "title"),
)
#: An article as the kernel reads it: where these stand; how many words, phrases, running words, passages, facts, words
#: of the title and words of any kind it has; `worker.features.totals.Totals`.
TEXT: Final = np.dtype([("at", np.int64, (len(COLUMNS),)), ("counts", np.int64, (7,)), ("sums", np.float64, (7,))])
#: How many numbers are told of a pair.
_TOLD: Final = 33
_NODE: Final = np.dtype([("weight", np.float32), ("next", np.int32), ("passage", np.int16)], align=True)


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
        ("texts", ctypes.c_char_p),
        ("pairs", ctypes.c_int64),
        ("which", ctypes.c_void_p),
        ("whole", ctypes.c_int64),
        ("room", _Room),
        ("told", ctypes.c_void_p),
    )


def compare(texts: Sequence[bytes], pairs: NDArray[np.int64], *, whole: bool) -> NDArray[np.float64]:
    """Return a row a pair of two articles' numbers: those of `Evidence` between ``exact`` and ``distance``.

    ``texts`` are `TEXT` each, whose arrays must be there until it returns. Not ``whole``: of a hopeless pair only what
    shows that it is one, the rest is NaN.
    """
    together = b"".join(texts)
    room = _room(np.frombuffer(together, TEXT, len(texts))["counts"])
    told = np.empty((len(pairs), _TOLD))
    given = _Given(
        together,
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
