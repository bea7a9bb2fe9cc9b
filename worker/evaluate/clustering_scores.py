"""True and found groups of articles go in, the scores of a clustering come out: pairs, adjusted Rand, B-cubed.

Each takes two sequences of one label an article, in the same order; nothing here knows articles or stories.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

Labels = Sequence[Hashable]


class Score(NamedTuple):
    """Precision, recall and their harmonic mean, each 0 to 1; 1 where there was nothing to find and nothing found."""

    precision: float
    recall: float
    f1: float


def of_counts(right: float, found: float, true: float) -> Score:
    """Return the score of ``right`` hits among ``found`` and ``true``."""
    precision = right / found if found else 1.0
    recall = right / true if true else 1.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def pair_counts(true: Labels, found: Labels) -> tuple[int, int, int]:
    """Return how many pairs of articles truly stand in one group, how many were found to, and how many are both."""
    both = _pairs_in(Counter(zip(true, found, strict=True)))
    return _pairs_in(Counter(true)), _pairs_in(Counter(found)), both


def pairs(true: Labels, found: Labels) -> Score:
    """Score each pair of articles that stands in one group."""
    of_true, of_found, both = pair_counts(true, found)
    return of_counts(both, of_found, of_true)


def adjusted_rand(true: Labels, found: Labels) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985): 1 for the same grouping, about 0 for a random one."""
    every = len(true) * (len(true) - 1) // 2
    of_true, of_found, both = pair_counts(true, found)
    expected = of_true * of_found / every if every else 0.0
    most = (of_true + of_found) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def b_cubed(true: Labels, found: Labels) -> Score:
    """Return B-cubed precision and recall (Bagga and Baldwin 1998), the mean over articles."""
    if not true:
        return Score(1.0, 1.0, 1.0)
    both = Counter(zip(true, found, strict=True))
    in_true, in_found = Counter(true), Counter(found)
    precision = sum(n * n / in_found[f] for (_, f), n in both.items()) / len(true)
    recall = sum(n * n / in_true[t] for (t, _), n in both.items()) / len(true)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def _pairs_in(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
