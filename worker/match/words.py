"""Compute the evidence of words, names, numbers and their order; see `NUMBERS` for each column."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.totals import FIGURE, LEAD_WORDS, LOWER, NAME, FeatureTotals, rarity
from worker.match.overlap import Side, argsort_within_pairs, intersect, ratio
from worker.match.retold import Retold, retold

#: Shared words are neighbours when they are at most this many content words apart in both texts.
_NEIGHBOURS: Final = 8
#: The order of fewer shared words is chance.
_FEWEST_IN_ORDER: Final = 8


class _Common(NamedTuple):
    """Shared words of all pairs, in the order of ``a``: the pair of each and its properties in both texts."""

    pairs: int
    pair: NDArray[np.intp]
    at_a: NDArray[np.intp]  # index into the words of the text
    at_b: NDArray[np.intp]
    places_a: NDArray[np.int32]
    places_b: NDArray[np.int32]
    weights_a: NDArray[np.float32]
    weights_b: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]

    def sum(self, values: NDArray[Any], mask: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return the sum of ``values`` per pair, of all words or of those in ``mask``."""
        pair, values = (self.pair, values) if mask is None else (self.pair[mask], values[mask])
        return np.bincount(pair, values, self.pairs).astype(np.float64)

    def counts(self, mask: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return the number of words in ``mask`` per pair."""
        return np.bincount(self.pair[mask], minlength=self.pairs)


def word_evidence(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return a column per number with a row per pair, of at most ``MOST_PAIRS`` pairs."""
    first, second = zip(*pairs, strict=True)
    common = _common(first, second)
    order, standard_errors = _order(common)
    a, b = _totals(first), _totals(second)
    weights = np.minimum(common.weights_a, common.weights_b)
    neighbours, plain = _neighbours(common), common.classes == LOWER
    adjacent, plain_adjacent = common.sum(weights, neighbours), common.sum(weights, neighbours & plain)
    plain_shared = common.sum(weights, plain)
    return {
        **_shares(common.pair, common.weights_a, common.weights_b, a, b),
        "beside": ratio(adjacent, np.minimum(a.weight, b.weight)),
        "plain_beside": ratio(plain_adjacent, np.minimum(a.plain, b.plain), math.nan),
        "plain_weight": plain_adjacent,
        "plain_jaccard": ratio(plain_shared, a.plain + b.plain - plain_shared, math.nan),
        **_of_names(common, a, b),
        "lead": np.maximum(
            ratio(common.counts(common.places_a < LEAD_WORDS), a.lead),
            ratio(common.counts(common.places_b < LEAD_WORDS), b.lead),
        ),
        "order": order,
        "ordered": standard_errors,
        **_retold(pairs, common),
    }


def shares_of_words(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return only the columns that show how many words are shared, of any number of pairs."""
    first, second = zip(*pairs, strict=True)
    items = intersect(Side.of([f.words for f in first]), Side.of([f.words for f in second]))
    weights_a = np.concatenate([f.weights for f in first])[items.at_a]
    weights_b = np.concatenate([f.weights for f in second])[items.at_b]
    return _shares(items.pair, weights_a, weights_b, _totals(first), _totals(second))


def _shares(
    pair: NDArray[np.intp],
    weights_a: NDArray[np.float32],
    weights_b: NDArray[np.float32],
    a: "FeatureTotals[NDArray[np.float64]]",
    b: "FeatureTotals[NDArray[np.float64]]",
) -> dict[str, NDArray[Any]]:
    in_a, in_b, product = (np.bincount(pair, w, len(a.weight)) for w in (weights_b, weights_a, weights_a * weights_b))
    return {
        "words_in_a": ratio(in_a, b.weight),
        "words_in_b": ratio(in_b, a.weight),
        "cosine": ratio(product, np.sqrt(a.squares * b.squares)),
    }


def _common(first: Sequence[Features], second: Sequence[Features]) -> _Common:
    words_a, words_b = Side.of([f.words for f in first]), Side.of([f.words for f in second])
    items = intersect(words_a, words_b)
    places_a = np.concatenate([f.places for f in first])[items.at_a]
    order = argsort_within_pairs(items.pair, places_a)
    at_a, at_b, pair = items.at_a[order], items.at_b[order], items.pair[order]
    return _Common(
        pairs=len(first),
        pair=pair,
        at_a=at_a - words_a.starts[pair],
        at_b=at_b - words_b.starts[pair],
        places_a=places_a[order],
        places_b=np.concatenate([f.places for f in second])[at_b],
        weights_a=np.concatenate([f.weights for f in first])[at_a],
        weights_b=np.concatenate([f.weights for f in second])[at_b],
        classes=np.maximum(
            np.concatenate([f.classes for f in first])[at_a], np.concatenate([f.classes for f in second])[at_b]
        ),
        zipfs=np.concatenate([f.zipfs for f in first])[at_a],
    )


def _totals(side: Sequence[Features]) -> "FeatureTotals[NDArray[np.float64]]":
    return FeatureTotals(*np.array([f.totals for f in side], dtype=np.float64).T)


def _of_names(
    common: _Common, a: "FeatureTotals[NDArray[np.float64]]", b: "FeatureTotals[NDArray[np.float64]]"
) -> dict[str, NDArray[Any]]:
    names, figures = common.classes == NAME, common.classes == FIGURE
    count, numbers, rare = common.counts(names), common.counts(figures), common.sum(rarity(common.zipfs), names)
    return {
        "names": ratio(count, np.minimum(a.names, b.names), math.nan),
        "names_jaccard": ratio(count, a.names + b.names - count, math.nan),
        "rare_names": ratio(rare, np.minimum(a.rarity, b.rarity), math.nan),
        "rarity": rare,
        "numbers": ratio(numbers, np.minimum(a.figures, b.figures), math.nan),
        "numbers_jaccard": ratio(numbers, a.figures + b.figures - numbers, math.nan),
    }


def _neighbours(common: _Common) -> NDArray[np.bool_]:
    """Return the mask of shared words that have the same shared neighbour in both texts."""
    mask = np.zeros(len(common.pair), dtype=bool)
    near = (np.diff(common.places_a) <= _NEIGHBOURS) & (np.abs(np.diff(common.places_b)) <= _NEIGHBOURS)
    near &= np.diff(common.pair) == 0
    mask[:-1] |= near
    mask[1:] |= near
    return mask


def _retold(pairs: Sequence[tuple[Features, Features]], common: _Common) -> dict[str, NDArray[np.float64]]:
    bounds = np.searchsorted(common.pair, np.arange(len(pairs) + 1))
    rows = [
        retold(a, b, common.at_a[start:end], common.at_b[start:end])
        for (a, b), (start, end) in zip(pairs, pairwise(bounds.tolist()), strict=True)
    ]
    return {name: np.array(column) for name, column in zip(Retold._fields, zip(*rows, strict=True), strict=True)}


def _order(common: _Common) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Spearman's correlation of positions in both texts, at least 0, and the same in standard errors."""
    count = np.bincount(common.pair, minlength=common.pairs)
    start = (np.cumsum(count) - count)[common.pair]
    rank = np.empty(len(common.pair))
    rank[argsort_within_pairs(common.pair, common.places_b)] = np.arange(len(common.pair))
    middle = (count[common.pair] - 1) / 2 + start
    covariance = common.sum((np.arange(len(common.pair)) - middle) * (rank - middle))
    enough = count >= _FEWEST_IN_ORDER
    variance = np.where(enough, count * (count**2.0 - 1) / 12, 1)
    correlation = np.where(enough, covariance / variance, math.nan)
    return np.maximum(correlation, 0.0), correlation * np.sqrt(np.maximum(count - 1, 0))
