"""Evidence goes in, the probability of one story and what each number said for or against it come out.

A small boosted forest (150 trees of depth 3) in `model.json`, fitted by `tests/benchmarks/fit_verdict.py`; walked here
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
QUESTIONS: Final = (
    "grams_most", "grams_least", "grams_jaccard", "new_most", "new_least", "passage", "words_most", "words_least",
    "cosine", "beside", "plain_beside", "plain_weight", "plain_jaccard", "names", "names_jaccard", "rare_names",
    "rarity", "numbers", "numbers_jaccard", "lead", "order", "shorter", "length_ratio",
)  # fmt: skip


class Forest(NamedTuple):
    """All trees in one table: a leaf points to itself, so that a fixed number of steps ends in the leaves."""

    question: NDArray[np.intp]
    threshold: NDArray[np.float64]
    below: NDArray[np.intp]
    above: NDArray[np.intp]
    unknown: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    base: float
    depth: int


def answers(found: Sequence[Evidence]) -> NDArray[np.float64]:
    """Return the answers to `QUESTIONS`, a row a pair; the same table serves for fitting."""
    known = np.array([_KNOWN(one) for one in found], dtype=np.float64).reshape(len(found), -1)
    one, other = known[:, _ONE_WAY], known[:, _OTHER_WAY]
    table: NDArray[np.float64] = np.where(_LEAST, np.minimum(one, other), np.maximum(one, other))
    return table


def _ways(question: str) -> tuple[str, str]:
    """Return the two numbers of a question that goes both ways, the same one twice of others."""
    name, _, way = question.rpartition("_")
    return (f"{name}_in_a", f"{name}_in_b") if way in ("most", "least") else (question, question)


_NAMES: Final = tuple(dict.fromkeys(name for question in QUESTIONS for name in _ways(question)))
_KNOWN: Final = attrgetter(*_NAMES)
_ONE_WAY, _OTHER_WAY = (np.array([_NAMES.index(_ways(question)[i]) for question in QUESTIONS]) for i in (0, 1))
_LEAST: Final = np.array([question.endswith("_least") for question in QUESTIONS])


def probabilities(found: Sequence[Evidence]) -> list[float]:
    """Let all trees vote on each pair; return how likely it is one story, 0 to 1."""
    forest = _forest()
    *_, at = _walk(forest, answers(found))
    odds: NDArray[np.float64] = forest.base + forest.value[at].sum(axis=1)
    chances: list[float] = (1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))).tolist()
    return chances


def says(e: Evidence) -> dict[str, float]:
    """Return what each answer moved the log-odds by: above 0 for one story, below 0 against it."""
    forest = _forest()
    said = np.zeros(len(QUESTIONS))
    for at, to in pairwise(_walk(forest, answers([e]))):
        said += np.bincount(forest.question[at[0]], forest.value[to[0]] - forest.value[at[0]], len(QUESTIONS))
    return dict(zip(QUESTIONS, said.tolist(), strict=True))


def _walk(forest: Forest, table: NDArray[np.float64]) -> Iterator[NDArray[np.intp]]:
    """Yield the node in which each pair (row) stands in each tree (column), from the roots to the leaves."""
    at = np.broadcast_to(forest.roots, (len(table), len(forest.roots)))
    yield at
    for _ in range(forest.depth):
        answer = np.take_along_axis(table, forest.question[at], axis=1)
        to = np.where(answer <= forest.threshold[at], forest.below[at], forest.above[at])
        at = np.where(np.isnan(answer), forest.unknown[at], to)
        yield at


@cache
def _forest() -> Forest:
    table = json.loads(resources.files("worker.match").joinpath("model.json").read_text("utf-8"))
    if tuple(table["questions"]) != QUESTIONS:
        raise ValueError("model.json was fitted for other evidence: run tests/benchmarks/fit_verdict.py")
    nodes = table["nodes"]
    own = np.arange(len(nodes["question"]))
    steps = {name: np.where(np.array(nodes[name]) < 0, own, nodes[name]) for name in ("below", "above", "unknown")}
    return Forest(
        question=np.array(nodes["question"], dtype=np.intp),
        threshold=np.array(nodes["threshold"]),
        value=np.array(nodes["value"]),
        roots=np.array(table["roots"], dtype=np.intp),
        base=float(table["base"]),
        depth=int(table["depth"]),
        **steps,
    )
