"""Evidence goes in, the probability of one story and what each number said for or against it come out.

A small boosted forest (150 trees of depth 3) in `model.json`, fitted by `tests/benchmarks/fit_verdict.py`; walked here
by NumPy, all trees at once, so that the service needs no learning library.
"""

import json
import math
from functools import cache
from importlib import resources
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


class Opinion(NamedTuple):
    """``probability`` 0 to 1 · ``says`` log-odds by question, above 0 for one story, below 0 against it."""

    probability: float
    says: dict[str, float]


def columns(e: Evidence) -> list[float]:
    """Return the answers to `QUESTIONS`; the same table serves for fitting."""
    both = {name: (getattr(e, f"{name}_in_a"), getattr(e, f"{name}_in_b")) for name in ("grams", "new", "words")}
    answers = []
    for question in QUESTIONS:
        name, _, way = question.rpartition("_")
        if way == "most" and name in both:
            answers.append(max(both[name]))
        elif way == "least" and name in both:
            answers.append(min(both[name]))
        else:
            answers.append(float(getattr(e, question)))
    return answers


def ask(e: Evidence) -> Opinion:
    """Let all trees vote."""
    forest = _forest()
    answers = np.array(columns(e))
    at, says = forest.roots, np.zeros(len(QUESTIONS))
    for _ in range(forest.depth):
        question = forest.question[at]
        answer = answers[question]
        to = np.where(answer <= forest.threshold[at], forest.below[at], forest.above[at])
        to = np.where(np.isnan(answer), forest.unknown[at], to)
        says += np.bincount(question, forest.value[to] - forest.value[at], len(QUESTIONS))
        at = to
    odds = forest.base + float(forest.value[at].sum())
    return Opinion(1 / (1 + math.exp(-max(min(odds, 30.0), -30.0))), dict(zip(QUESTIONS, says.tolist(), strict=True)))


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
