"""Evidence goes in, the probability of one story and what each number said for or against it come out.

A small boosted forest (100 trees of depth 3) in `model.json`, fitted by `tests/benchmarks/fit_verdict.py`; walked here
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
    "rarity", "numbers", "numbers_jaccard", "lead", "order", "ordered", "retold_most", "retold_least", "untold_most",
    "untold_least", "opening", "retold_order", "facts", "facts_both", "shorter", "length_ratio",
)  # fmt: skip


_BOTH_WAYS: Final = ("grams", "new", "words", "retold", "untold")


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


class Opinion(NamedTuple):
    """``probability`` 0 to 1 · ``says`` log-odds by question, above 0 for one story, below 0 against it."""

    probability: float
    says: dict[str, float]


def columns(e: Evidence) -> list[float]:
    """Return the answers to `QUESTIONS`; the same table serves for fitting."""
    both = {name: (getattr(e, f"{name}_in_a"), getattr(e, f"{name}_in_b")) for name in _BOTH_WAYS}
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


def odds(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let all trees vote on many pairs at once: answers of shape (pairs, questions) in, log-odds of one story out."""
    forest = _forest()
    answers, rows = _known(table), np.arange(len(table))[:, None]
    at = np.broadcast_to(forest.roots, (len(table), len(forest.roots)))
    for _ in range(forest.depth):
        at = forest.child[at] + (answers[rows, forest.question[at]] > forest.threshold[at])
    found: NDArray[np.float64] = forest.base + forest.value[at].sum(axis=1)
    return found


def probability(log_odds: float) -> float:
    """Return log-odds as a probability, 0 to 1."""
    return 1 / (1 + math.exp(-max(min(log_odds, 30.0), -30.0)))


def ask(e: Evidence) -> Opinion:
    """Let all trees vote on one pair, and tell what each answer said."""
    forest = _forest()
    answers = _known(np.array([columns(e)]))[0]
    at, says = forest.roots, np.zeros(2 * len(QUESTIONS))
    for _ in range(forest.depth):
        question = forest.question[at]
        to = forest.child[at] + (answers[question] > forest.threshold[at])
        says += np.bincount(question, forest.value[to] - forest.value[at], len(says))
        at = to
    by_question = says.reshape(2, -1).sum(axis=0).tolist()
    log_odds = forest.base + float(forest.value[at].sum())
    return Opinion(probability(log_odds), dict(zip(QUESTIONS, by_question, strict=True)))


def _known(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the answers twice: unknown ones below any threshold, and above any."""
    return np.hstack([np.nan_to_num(table, nan=-np.inf), np.nan_to_num(table, nan=np.inf)])


@cache
def _forest() -> Forest:
    table = json.loads(resources.files("worker.match").joinpath("model.json").read_text("utf-8"))
    if tuple(table["questions"]) != QUESTIONS:
        raise ValueError("model.json was fitted for other evidence: run tests/benchmarks/fit_verdict.py")
    nodes = {name: np.array(column) for name, column in table["nodes"].items()}
    leaf = nodes["child"] < 0
    return Forest(
        question=np.where(leaf, 0, nodes["question"] + len(QUESTIONS) * nodes["unknown_above"]),
        threshold=np.where(leaf, np.inf, nodes["threshold"]),
        child=np.where(leaf, np.arange(len(leaf)), nodes["child"]),
        value=nodes["value"],
        roots=np.array(table["roots"], dtype=np.intp),
        base=float(table["base"]),
        depth=int(table["depth"]),
    )
