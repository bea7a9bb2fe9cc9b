"""Compute the probability that two articles are one story, and what each feature contributed to it.

The model is a boosted forest (200 trees of depth 5) in `model.json`, fitted by `tests/benchmarks/fit_verdict.py`; the
kernel evaluates it, or NumPy, so that the service needs no learning library.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.forest import NODE, Trees
from worker.match.evidence import COLUMNS, Evidence

#: The columns of the feature matrix, the model's inputs.
FEATURE_NAMES: Final = tuple(COLUMNS)
_NUMBERS: Final = tuple(dict.fromkeys(number for column in COLUMNS.values() for number in column.numbers))
_GET_NUMBERS: Final = attrgetter(*_NUMBERS)
_FIRST, _LAST = (np.array([_NUMBERS.index(column.numbers[i]) for column in COLUMNS.values()]) for i in (0, -1))
_WORSE: Final = np.array([column.worse for column in COLUMNS.values()])


class Forest(NamedTuple):
    """The nodes of all trees in one table. A value above the threshold goes to ``child + 1``, any other to ``child``.

    A leaf is its own child, and its threshold is infinite, so that a fixed number of steps ends in the leaves.
    ``feature`` is an index into the doubled columns of `_split_nan`: of the first half if NaN goes to
    ``child``, of the second half if NaN goes to ``child + 1``.
    """

    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    child: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    base: float
    depth: int


def feature_matrix(evidences: Sequence[Evidence]) -> NDArray[np.float64]:
    """Return a row per pair with the columns `FEATURE_NAMES`; fitting uses the same matrix."""
    numbers = np.array([_GET_NUMBERS(e) for e in evidences], dtype=np.float64).reshape(len(evidences), -1)
    first, last = numbers[:, _FIRST], numbers[:, _LAST]
    matrix: NDArray[np.float64] = np.where(_WORSE, np.minimum(first, last), np.maximum(first, last))
    return matrix


def probabilities(evidences: Sequence[Evidence]) -> list[float]:
    """Return the probability of one story for each pair, 0 to 1."""
    forest, matrix = _forest(), feature_matrix(evidences)
    if library.loaded is None:
        *_, (leaf, _) = _walk(forest, matrix)
        odds: NDArray[np.float64] = forest.base + forest.value[leaf].sum(axis=1)
    else:
        odds = forest.base + _trees().sums(np.ascontiguousarray(matrix))
    chances: list[float] = (1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))).tolist()
    return chances


def contributions(evidences: Sequence[Evidence]) -> NDArray[np.float64]:
    """Return by how much each feature (column) moved the log-odds of each pair (row): below 0 against one story."""
    forest = _forest()
    moved = np.zeros((len(evidences), 2 * len(FEATURE_NAMES)))
    row = np.arange(len(evidences))[:, None] * moved.shape[1]
    for (node, feature), (child, _) in pairwise(_walk(forest, feature_matrix(evidences))):
        step = (forest.value[child] - forest.value[node]).ravel()
        moved += np.bincount((row + feature).ravel(), step, moved.size).reshape(moved.shape)
    by_feature: NDArray[np.float64] = moved.reshape(len(evidences), 2, -1).sum(axis=1)
    return by_feature


def _walk(forest: Forest, matrix: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the current node of each pair (row) in each tree (column) and its feature, from the roots to the leaves."""
    values = _split_nan(matrix)
    row = np.arange(len(values))[:, None] * values.shape[1]
    flat = values.ravel()  # a third of the cost of `numpy.take_along_axis`
    node = np.broadcast_to(forest.roots, (len(matrix), len(forest.roots)))
    for step in range(forest.depth + 1):
        feature = forest.feature.take(node)
        yield node, feature
        if step < forest.depth:
            node = forest.child.take(node) + (flat.take(row + feature) > forest.threshold.take(node))


def _split_nan(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the columns twice: with NaN below any threshold, then with NaN above any."""
    return np.hstack([np.nan_to_num(matrix, nan=-np.inf), np.nan_to_num(matrix, nan=np.inf)])


@cache
def _trees() -> Trees:
    forest = _forest()
    leaf = np.isinf(forest.threshold)
    nodes = np.zeros(len(leaf), dtype=NODE)
    nodes["threshold"] = np.where(leaf, forest.value, forest.threshold)
    nodes["child"] = forest.child
    nodes["feature"] = np.where(leaf, -1, forest.feature % len(FEATURE_NAMES))
    nodes["nan_right"] = forest.feature >= len(FEATURE_NAMES)
    return Trees(forest.roots, nodes)


@cache
def _forest() -> Forest:
    table = json.loads(resources.files("worker.match").joinpath("model.json").read_text("utf-8"))
    if set(table["questions"]) != set(FEATURE_NAMES):
        raise ValueError("model.json was fitted for other evidence: run tests/benchmarks/fit_verdict.py")
    nodes = {name: np.array(column) for name, column in table["nodes"].items()}
    leaf = nodes["child"] < 0
    column = np.array([FEATURE_NAMES.index(name) for name in table["questions"]])[nodes["question"]]
    return Forest(
        feature=np.where(leaf, 0, column + len(FEATURE_NAMES) * nodes["unknown_above"]),
        threshold=np.where(leaf, np.inf, nodes["threshold"]),
        child=np.where(leaf, np.arange(len(leaf)), nodes["child"]),
        value=nodes["value"],
        roots=np.array(table["roots"], dtype=np.intp),
        base=float(table["base"]),
        depth=int(table["depth"]),
    )
