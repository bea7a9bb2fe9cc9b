"""Scores of a clustering: pairs, adjusted Rand index, B-cubed.

Each function takes the true and the predicted labels: two sequences with one label per article, in the same order.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple, TypeVar

Labels = Sequence[Hashable]
_Label = TypeVar("_Label", bound=Hashable)


class Score(NamedTuple):
    """Precision, recall and their harmonic mean, each 0 to 1; all 1 if nothing is true and nothing is predicted."""

    precision: float
    recall: float
    f1: float


def grouped(label_of: Mapping[str, _Label]) -> dict[_Label, list[str]]:
    """Return the articles by their label, in order."""
    members: dict[_Label, list[str]] = defaultdict(list)
    for article, label in label_of.items():
        members[label].append(article)
    return members


def of_counts(right: float, predicted: float, true: float) -> Score:
    """Return the score for the numbers of ``right``, ``predicted`` and ``true`` items."""
    precision = right / predicted if predicted else 1.0
    recall = right / true if true else 1.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0)


def pair_counts(true: Labels, predicted: Labels) -> tuple[int, int, int]:
    """Return the number of pairs in one group by the true labels, by the predicted labels, and by both."""
    both = _pairs_in(Counter(zip(true, predicted, strict=True)))
    return _pairs_in(Counter(true)), _pairs_in(Counter(predicted)), both


def pairs(true: Labels, predicted: Labels) -> Score:
    """Return the score over all pairs of articles in one group."""
    of_true, of_predicted, both = pair_counts(true, predicted)
    return of_counts(both, of_predicted, of_true)


def adjusted_rand(true: Labels, predicted: Labels) -> float:
    """Return the adjusted Rand index (Hubert and Arabie 1985): 1 for equal groupings, about 0 for a random one."""
    all_pairs = len(true) * (len(true) - 1) // 2
    of_true, of_predicted, both = pair_counts(true, predicted)
    expected = of_true * of_predicted / all_pairs if all_pairs else 0.0
    maximum = (of_true + of_predicted) / 2
    return 1.0 if maximum == expected else (both - expected) / (maximum - expected)


def b_cubed(true: Labels, predicted: Labels) -> Score:
    """Return B-cubed precision and recall (Bagga and Baldwin 1998), averaged over the articles."""
    if not true:
        return Score(1.0, 1.0, 1.0)
    both = Counter(zip(true, predicted, strict=True))
    in_true, in_predicted = Counter(true), Counter(predicted)
    precision = sum(n * n / in_predicted[f] for (_, f), n in both.items()) / len(true)
    recall = sum(n * n / in_true[t] for (t, _), n in both.items()) / len(true)
    return Score(precision, recall, 2 * precision * recall / (precision + recall))


def _pairs_in(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes.values())
