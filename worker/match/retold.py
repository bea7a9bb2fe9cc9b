"""Measure how well each passage of an article is retold in one passage of another.

A rewrite has the content of every sentence of its original, whatever the words around it; an independent report has
other sentences. Words shared by the whole texts don't show that: here a passage must find its words in one place.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features

#: A passage that shares less of its words than this with every passage of the other text is not retold.
_UNTOLD: Final = 0.25
#: From this share on a passage has a counterpart, whose position counts for the order of passages.
_COUNTERPART: Final = 0.3
#: With fewer counterparts their order means nothing.
_FEWEST: Final = 4
#: The opening passage of one text is searched in this many first passages of the other.
_OPENING: Final = 3


class Retold(NamedTuple):
    """The fields of `Evidence` about passages."""

    retold_in_a: float = 0.0
    retold_in_b: float = 0.0
    untold_in_a: float = 1.0
    untold_in_b: float = 1.0
    opening: float = 0.0
    retold_order: float = math.nan


def retold(a: Features, b: Features, at_a: NDArray[np.intp], at_b: NDArray[np.intp]) -> Retold:
    """Align passages by the weight of their shared words, whose indices in each article are ``at_a`` and ``at_b``.

    Best match of each passage, no dynamic programming: versions move, merge and split sentences.
    """
    if len(at_a) < _FEWEST:
        return Retold()
    weights_a, weights_b = a.passage_weights, b.passage_weights
    # weights have 24 bits, so the sums of a text are exact in 53, whatever the order of addition
    shared = _table(a, at_a, a.content_token_weights) @ _table(b, at_b, 1.0).T
    # ufuncs, because on arrays as small as these `max` and `sum` take twice as long
    most_a, most_b = np.maximum.reduce(shared, axis=1), np.maximum.reduce(shared, axis=0)
    best_a, best_b = most_a / weights_a, most_b / weights_b
    total_a, total_b = float(np.add.reduce(weights_a)), float(np.add.reduce(weights_b))
    opening_a = max(shared[0, :_OPENING].tolist()) / float(weights_a[0])
    opening_b = max(shared[:_OPENING, 0].tolist()) / float(weights_b[0])
    return Retold(
        retold_in_a=float(np.add.reduce(np.minimum(most_b, weights_b))) / total_b,
        retold_in_b=float(np.add.reduce(np.minimum(most_a, weights_a))) / total_a,
        untold_in_a=float(np.add.reduce(weights_a[best_a < _UNTOLD])) / total_a,
        untold_in_b=float(np.add.reduce(weights_b[best_b < _UNTOLD])) / total_b,
        opening=min(max(opening_a, opening_b), 1.0),
        retold_order=_in_order(shared, best_a, best_b),
    )


def _table(f: Features, at: NDArray[np.intp], weights: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Return a (passages, shared words) matrix: ``weights`` where the word is in the passage, else 0."""
    column = np.full(len(f.words), len(at), dtype=np.intp)  # other words use a last column, which is cut off
    column[at] = np.arange(len(at))
    table = np.zeros((len(f.passage_weights), len(at) + 1))
    table[f.passages, column[f.word_index]] = weights
    return table[:, :-1]


def _in_order(shared: NDArray[np.float64], best_a: NDArray[np.float64], best_b: NDArray[np.float64]) -> float:
    """Return the share of neighbouring passages, of the text with fewer, whose counterparts are in the same order."""
    if len(best_a) <= len(best_b):
        counterparts = shared.argmax(axis=1)[best_a >= _COUNTERPART]
    else:
        counterparts = shared.argmax(axis=0)[best_b >= _COUNTERPART]
    if len(counterparts) < _FEWEST:
        return math.nan
    return np.count_nonzero(counterparts[1:] >= counterparts[:-1]) / (len(counterparts) - 1)
