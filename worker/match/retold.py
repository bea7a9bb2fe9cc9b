"""Two articles' passages go in; how well each passage is told again in one passage of the other comes out.

A rewrite tells every sentence of its original, whatever the words around it; an independent report of the event has
sentences of its own. Shared words of the whole texts don't show that: here a passage must find its words in one place.
"""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features

#: Of a passage that shares less of its words than this with any passage of the other text, nothing was retold.
_UNTOLD: Final = 0.25
#: From this share on a passage has a counterpart, whose place then counts for the order of telling.
_COUNTERPART: Final = 0.3
#: So many counterparts are needed before their order says anything.
_FEWEST: Final = 4
#: The opening passage of one text is looked for in so many first passages of the other.
_OPENING: Final = 3


class Retold(NamedTuple):
    """What `Evidence` says of passages, by its names."""

    retold_in_a: float = 0.0
    retold_in_b: float = 0.0
    untold_in_a: float = 1.0
    untold_in_b: float = 1.0
    opening: float = 0.0
    retold_order: float = math.nan


def retold(a: Features, b: Features, at_a: NDArray[np.intp], at_b: NDArray[np.intp]) -> Retold:
    """Align passages by the weight of their shared words; ``at_a``, ``at_b``: where shared words stand in each.

    Best match of each passage, no dynamic programming: versions move, merge and split sentences.
    """
    if len(at_a) < _FEWEST:
        return Retold()
    weights_a, weights_b = a.passage_weights, b.passage_weights
    # weights have 24 bits, so sums of a text's are exact in 53, whatever the order in which they are added
    shared = _table(a, at_a, a.content_token_weights) @ _table(b, at_b, 1.0).T
    # the ufuncs themselves: on arrays as small as these `max` and `sum` take twice as long
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
    """Return ``weights`` where a shared word stands in a passage, else 0: (passages, shared words)."""
    column = np.full(len(f.words), len(at), dtype=np.intp)  # words of their own share a column that is cut off
    column[at] = np.arange(len(at))
    table = np.zeros((len(f.passage_weights), len(at) + 1))
    table[f.passages, column[f.word_index]] = weights
    return table[:, :-1]


def _in_order(shared: NDArray[np.float64], best_a: NDArray[np.float64], best_b: NDArray[np.float64]) -> float:
    """Return how many neighbouring passages, of the text with fewer, have counterparts that come in their order."""
    if len(best_a) <= len(best_b):
        counterparts = shared.argmax(axis=1)[best_a >= _COUNTERPART]
    else:
        counterparts = shared.argmax(axis=0)[best_b >= _COUNTERPART]
    if len(counterparts) < _FEWEST:
        return math.nan
    return np.count_nonzero(counterparts[1:] >= counterparts[:-1]) / (len(counterparts) - 1)
