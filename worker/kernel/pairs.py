"""Both sides of many pairs of articles go in, what each pair shares comes out, and how its passages are retold."""

import ctypes
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.library import address, function

#: What is told of a pair that shares next to nothing, in the order of `worker.match.retold.Retold`.
_NOTHING_TOLD: Final = (0.0, 0.0, 1.0, 1.0, 0.0, -1.0)
_NODE: Final = np.dtype([("weight", np.float32), ("next", np.int32), ("passage", np.int16)], align=True)


class _Shared(ctypes.Structure):
    _fields_ = (
        ("pairs", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("sizes_a", "sizes_b", "a", "b", "pair", "at_a", "at_b")),
    )


class _Ordered(ctypes.Structure):
    _fields_ = (
        ("count", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("pair", "by", "items", "spare", "order")),
    )


class _Side(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("weights", "passages", "which", "passage_weights", "at")),
        *((name, ctypes.c_int64) for name in ("running", "words", "passage_count")),
    )


class _Room(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_void_p) for name in ("table", "column", "heads_a", "heads_b", "nodes_a", "nodes_b")
    )


class _Retold(ctypes.Structure):
    _fields_ = (
        ("pairs", ctypes.c_int64),
        ("sizes", ctypes.c_void_p),
        ("a", _Side),
        ("b", _Side),
        ("room", _Room),
        ("out", ctypes.c_void_p),
    )


class Passages(NamedTuple):
    """One article of each pair: of every running word its weight, passage, and which distinct word it is."""

    weights: Sequence[NDArray[np.float32]]
    passages: Sequence[NDArray[np.int16]]
    which: Sequence[NDArray[np.int32]]
    passage_weights: Sequence[NDArray[np.float64]]
    #: how many distinct words it has
    words: Sequence[int]
    #: which distinct words are shared, of all pairs one after the other
    at: NDArray[np.int64]

    def sizes(self) -> NDArray[np.int64]:
        """Return running words, distinct ones and passages of each."""
        return np.array([list(map(len, self.which)), self.words, list(map(len, self.passage_weights))])

    def joined(self) -> list[NDArray[Any]]:
        """Return the arrays one after the other."""
        parts = (self.weights, self.passages, self.which, self.passage_weights)
        return [*(np.concatenate(part) for part in parts), self.at]


def shared(
    a: NDArray[np.uint32], sizes_a: NDArray[np.int64], b: NDArray[np.uint32], sizes_b: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the pair of each hash that both sides hold, and where it stands among all of ``a`` and of ``b``."""
    pair, at_a, at_b = (np.empty(min(len(a), len(b)) + 1, dtype=np.int64) for _ in range(3))
    sides = _Shared(
        len(sizes_a),
        address(sizes_a, np.int64),
        address(sizes_b, np.int64),
        address(a, np.uint32),
        address(b, np.uint32),
        *(address(out, np.int64) for out in (pair, at_a, at_b)),
    )
    found = function("copydesk_shared")(ctypes.byref(sides))
    return pair[:found], at_a[:found], at_b[:found]


def ordered(pair: NDArray[np.int64], by: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the order of items by pair, which ascends already, and in a pair by a number of 0 to 2^24."""
    order = np.empty(len(pair), dtype=np.int64)
    items, spare = (np.empty(len(pair), dtype=np.uint64) for _ in range(2))
    wanted = _Ordered(
        len(pair),
        address(pair, np.int64),
        address(by, np.int32),
        *(address(room, np.uint64) for room in (items, spare)),
        address(order, np.int64),
    )
    function("copydesk_ordered")(ctypes.byref(wanted))
    return order


def retold(a: Passages, b: Passages, shared: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what is told of each pair, a row each; ``shared`` says how many words a pair shares. -1 is no order."""
    sizes = np.ascontiguousarray(np.concatenate([a.sizes(), b.sizes(), [shared]]).T)
    out = np.tile(np.array(_NOTHING_TOLD), (len(sizes), 1))
    running, words, passages = (int(sizes[:, [column, column + 3]].max(initial=0)) for column in range(3))
    most = int(shared.max(initial=0))
    room: list[NDArray[Any]] = [
        np.empty(passages * passages),
        *(np.empty(size, dtype=np.int32) for size in (words, most, most)),
        *(np.empty(running, dtype=_NODE) for _ in range(2)),
    ]
    columns = a.joined(), b.joined()
    wanted = _Retold(
        len(sizes),
        address(sizes, np.int64),
        *map(_side, columns),
        _Room(*(address(one, one.dtype) for one in room)),
        address(out, np.float64),
    )
    function("copydesk_retold")(ctypes.byref(wanted))
    return out


def _side(columns: Sequence[NDArray[Any]]) -> _Side:
    kinds = (np.float32, np.int16, np.int32, np.float64, np.int64)
    return _Side(*(address(column, kind) for column, kind in zip(columns, kinds, strict=True)))
