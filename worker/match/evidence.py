"""Two articles' features go in, the numbers that a verdict rests on come out.

Each number is between 0 and 1 unless it says otherwise; a share of nothing (no names at all) is NaN, not 0.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from worker.features import Features


@dataclass(frozen=True, slots=True)
class Evidence:
    """What two articles ``a`` and ``b`` have in common; symmetric but for the ``…_in_a`` and ``…_in_b`` pairs."""

    #: the same words in the same order (case, layout and punctuation aside)
    exact: bool
    #: 3-grams of ``b`` that stand in ``a``, of ``a`` that stand in ``b``; Broder's containment (1997)
    grams_in_a: float
    grams_in_b: float
    #: shared 3-grams of all 3-grams; Broder's resemblance
    grams_jaccard: float
    #: idf-weighted content words of ``b`` that stand in ``a``, of ``a`` that stand in ``b``
    words_in_a: float
    words_in_b: float
    #: cosine of the (1 + log tf) · idf vectors
    cosine: float
    #: names of the article with fewer names that stand in the other; NaN without names
    names: float
    names_jaccard: float
    #: the same of numbers and dates
    numbers: float
    numbers_jaccard: float
    #: words of the shorter title in the other title; NaN unless both have titles
    title: float
    #: words of one lead (first 40 content words) found anywhere in the other article: the better way
    lead: float
    #: how far shared words keep their order: longest increasing run of places, 0 (none) to 1 (all); NaN under 8 words
    order: float
    #: content words of the shorter article, and its share of the longer one's
    shorter: int
    length_ratio: float


def evidence(a: Features, b: Features) -> Evidence:
    """Compare two articles; costs about 60 µs for 3 KB each."""
    grams = _shared(a.grams, b.grams)
    at_a, at_b = _places_of_shared(a.words, b.words)
    wa, wb = a.weights[at_a], b.weights[at_b]
    norm = math.sqrt(float(a.weights @ a.weights) * float(b.weights @ b.weights))
    names = _shared(a.names, b.names)
    numbers = _shared(a.numbers, b.numbers)
    return Evidence(
        exact=a.digest == b.digest and a.tokens > 0,
        grams_in_a=_share(grams, len(b.grams)),
        grams_in_b=_share(grams, len(a.grams)),
        grams_jaccard=_share(grams, len(a.grams) + len(b.grams) - grams),
        words_in_a=_share(float(wb.sum()), float(b.weights.sum())),
        words_in_b=_share(float(wa.sum()), float(a.weights.sum())),
        cosine=_share(float(wa @ wb), norm),
        names=_share(names, min(len(a.names), len(b.names)), math.nan),
        names_jaccard=_share(names, len(a.names) + len(b.names) - names, math.nan),
        numbers=_share(numbers, min(len(a.numbers), len(b.numbers)), math.nan),
        numbers_jaccard=_share(numbers, len(a.numbers) + len(b.numbers) - numbers, math.nan),
        title=_share(_shared(a.title, b.title), min(len(a.title), len(b.title)), math.nan),
        lead=max(
            _share(_shared(a.lead, b.words), len(a.lead)),
            _share(_shared(b.lead, a.words), len(b.lead)),
        ),
        order=_order(a.places[at_a], b.places[at_b]),
        shorter=min(a.size, b.size),
        length_ratio=_share(min(a.size, b.size), max(a.size, b.size)),
    )


def _share(part: float, whole: float, of_nothing: float = 0.0) -> float:
    return min(part / whole, 1.0) if whole > 0 else of_nothing


def _shared(a: NDArray[np.unsignedinteger], b: NDArray[np.unsignedinteger]) -> int:
    """Count what two sorted unique arrays share; merging by sort is the fastest at these sizes."""
    merged = np.concatenate([a, b])
    merged.sort(kind="stable")
    return int(np.count_nonzero(merged[1:] == merged[:-1]))


def _places_of_shared(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the shared items of two sorted unique arrays stand in each."""
    if not len(a) or not len(b):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    at = np.searchsorted(b, a)
    at[at == len(b)] = 0
    hit = np.flatnonzero(b[at] == a)
    return hit, at[hit]


def _order(places_a: NDArray[np.uint32], places_b: NDArray[np.uint32]) -> float:
    """Return Pearson's correlation of the ranks of first places, cut to 0 to 1."""
    if len(places_a) < 8:
        return math.nan
    ranks_a = np.argsort(np.argsort(places_a)).astype(np.float64)
    ranks_b = np.argsort(np.argsort(places_b)).astype(np.float64)
    ranks_a -= ranks_a.mean()
    ranks_b -= ranks_b.mean()
    return max(0.0, float(ranks_a @ ranks_b) / float(ranks_a @ ranks_a))
