"""Evidence goes in, the probability of one story and what each number said for or against it come out.

A small boosted forest (100 trees of depth 3) in `model.json`, fitted by `tests/benchmarks/fit_verdict.py`; walked here
by NumPy, all trees and all pairs at once, so that the service needs no learning library.
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

from worker.match.evidence import Evidence

#: What the trees ask for, in the order of their columns. `most`, `least`: the better, the worse way round.
FEATURE_NAMES: Final = (
    "grams_most", "grams_least", "grams_jaccard", "new_most", "new_least", "passage", "words_most", "words_least",
    "cosine", "beside", "plain_beside", "plain_weight", "plain_jaccard", "names", "names_jaccard", "rare_names",
    "rarity", "numbers", "numbers_jaccard", "lead", "order", "ordered", "retold_most", "retold_least", "untold_most",
    "untold_least", "opening", "retold_order", "facts", "facts_both", "title", "shorter", "length_ratio",
)  # fmt: skip


class Forest(NamedTuple):
    """All trees in one table. The child for greater answers stands right after the one for others (``child``).

    A leaf is its own child, and no answer is greater than its threshold, so that a fixed number of steps ends in the
    leaves. ``question`` asks the first half of the answers where an unknown one goes to ``child``, else the second.
    """

    question: NDArray[np.intp]
    threshold: NDArray[np.float64]
    child: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    base: float
    depth: int


def feature_matrix(found: Sequence[Evidence]) -> NDArray[np.float64]:
    """Return the answers to `QUESTIONS`, a row a pair; the same table serves for fitting."""
    known = np.array([_KNOWN(one) for one in found], dtype=np.float64).reshape(len(found), -1)
    one, other = known[:, _ONE_WAY], known[:, _OTHER_WAY]
    table: NDArray[np.float64] = np.where(_LEAST, np.minimum(one, other), np.maximum(one, other))
    return table


def _ways(question: str) -> tuple[str, str]:
    """Return the two numbers of a question that goes both ways, the same one twice of others."""
    name, _, way = question.rpartition("_")
    return (f"{name}_in_a", f"{name}_in_b") if way in ("most", "least") else (question, question)


_NAMES: Final = tuple(dict.fromkeys(name for question in FEATURE_NAMES for name in _ways(question)))
_KNOWN: Final = attrgetter(*_NAMES)
_ONE_WAY, _OTHER_WAY = (np.array([_NAMES.index(_ways(question)[i]) for question in FEATURE_NAMES]) for i in (0, 1))
_LEAST: Final = np.array([question.endswith("_least") for question in FEATURE_NAMES])


def probabilities(found: Sequence[Evidence]) -> list[float]:
    """Let all trees vote on each pair; return how likely it is one story, 0 to 1."""
    forest = _forest()
    *_, (at, _) = _walk(forest, feature_matrix(found))
    odds: NDArray[np.float64] = forest.base + forest.value[at].sum(axis=1)
    chances: list[float] = (1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))).tolist()
    return chances


def contributions(found: Sequence[Evidence]) -> list[dict[str, float]]:
    """Return what the answer to each question moved the log-odds by: above 0 for one story, below 0 against it."""
    if not found:
        return []
    forest = _forest()
    said = np.zeros((len(found), 2 * len(FEATURE_NAMES)))
    row = np.arange(len(found))[:, None] * said.shape[1]
    for (at, question), (to, _) in pairwise(_walk(forest, feature_matrix(found))):
        moved = (forest.value[to] - forest.value[at]).ravel()
        said += np.bincount((row + question).ravel(), moved, said.size).reshape(said.shape)
    both_ways = said.reshape(len(found), 2, -1).sum(axis=1)
    return [dict(zip(FEATURE_NAMES, one, strict=True)) for one in both_ways.tolist()]


def _walk(forest: Forest, table: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield where each pair (row) stands in each tree (column) and what is asked there, from roots to leaves."""
    known = _known(table)
    at = np.broadcast_to(forest.roots, (len(table), len(forest.roots)))
    for step in range(forest.depth + 1):
        question = forest.question[at]
        yield at, question
        if step < forest.depth:
            at = forest.child[at] + (np.take_along_axis(known, question, axis=1) > forest.threshold[at])


def _known(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers twice: unknown ones below any threshold, and above any."""
    return np.hstack([np.nan_to_num(table, nan=-np.inf), np.nan_to_num(table, nan=np.inf)])


@cache
def _forest() -> Forest:
    table = json.loads(resources.files("worker.match").joinpath("model.json").read_text("utf-8"))
    if tuple(table["questions"]) != FEATURE_NAMES:
        raise ValueError("model.json was fitted for other evidence: run tests/benchmarks/fit_verdict.py")
    nodes = {name: np.array(column) for name, column in table["nodes"].items()}
    leaf = nodes["child"] < 0
    return Forest(
        question=np.where(leaf, 0, nodes["question"] + len(FEATURE_NAMES) * nodes["unknown_above"]),
        threshold=np.where(leaf, np.inf, nodes["threshold"]),
        child=np.where(leaf, np.arange(len(leaf)), nodes["child"]),
        value=nodes["value"],
        roots=np.array(table["roots"], dtype=np.intp),
        base=float(table["base"]),
        depth=int(table["depth"]),
    )
