"""Pairs of articles' features go in, what their words, names and numbers tell comes out; see `Evidence` for each."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.totals import FIGURE, LEAD_WORDS, LOWER, NAME, FeatureTotals, rarity
from worker.match.overlap import Side, ordered, share, shared
from worker.match.retold import Retold, retold

#: Shared words stand side by side when no more than this many content words lie between them in either text.
_NEAR: Final = 8
#: An order of fewer shared words is chance.
_FEWEST_IN_ORDER: Final = 8


class _Common(NamedTuple):
    """Shared words of all pairs, in the order of ``a``: of each its pair and what it is in either text."""

    pairs: int
    pair: NDArray[np.intp]
    at_a: NDArray[np.intp]  # which of the text's own words
    at_b: NDArray[np.intp]
    places_a: NDArray[np.int32]
    places_b: NDArray[np.int32]
    weights_a: NDArray[np.float32]
    weights_b: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]

    def sum(self, what: NDArray[Any], which: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """Return the sum of ``what`` a pair, of all words or only of some."""
        pair, what = (self.pair, what) if which is None else (self.pair[which], what[which])
        return np.bincount(pair, what, self.pairs).astype(np.float64)

    def number(self, which: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Return how many words a pair are ``which``."""
        return np.bincount(self.pair[which], minlength=self.pairs)


def of_words(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return a column a number, a row a pair; at most ``MOST_PAIRS`` pairs."""
    one, other = zip(*pairs, strict=True)
    common = _common(one, other)
    order, ordered_by = _order(common)
    a, b = _totals(one), _totals(other)
    weights = np.minimum(common.weights_a, common.weights_b)
    side, plain = _side_by_side(common), common.classes == LOWER
    beside, plain_beside = common.sum(weights, side), common.sum(weights, side & plain)
    plain_shared = common.sum(weights, plain)
    return {
        **_shares(common.pair, common.weights_a, common.weights_b, a, b),
        "beside": share(beside, np.minimum(a.weight, b.weight)),
        "plain_beside": share(plain_beside, np.minimum(a.plain, b.plain), math.nan),
        "plain_weight": plain_beside,
        "plain_jaccard": share(plain_shared, a.plain + b.plain - plain_shared, math.nan),
        **_of_names(common, a, b),
        "lead": np.maximum(
            share(common.number(common.places_a < LEAD_WORDS), a.lead),
            share(common.number(common.places_b < LEAD_WORDS), b.lead),
        ),
        "order": order,
        "ordered": ordered_by,
        **_retold(pairs, common),
    }


def shares_of_words(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return only the columns that show how many words are shared, of any number of pairs."""
    one, other = zip(*pairs, strict=True)
    found = shared(Side.of([f.words for f in one]), Side.of([f.words for f in other]))
    weights_a = np.concatenate([f.weights for f in one])[found.at_a]
    weights_b = np.concatenate([f.weights for f in other])[found.at_b]
    return _shares(found.pair, weights_a, weights_b, _totals(one), _totals(other))


def _shares(
    pair: NDArray[np.intp],
    weights_a: NDArray[np.float32],
    weights_b: NDArray[np.float32],
    a: "FeatureTotals[NDArray[np.float64]]",
    b: "FeatureTotals[NDArray[np.float64]]",
) -> dict[str, NDArray[Any]]:
    in_a, in_b, product = (np.bincount(pair, w, len(a.weight)) for w in (weights_b, weights_a, weights_a * weights_b))
    return {
        "words_in_a": share(in_a, b.weight),
        "words_in_b": share(in_b, a.weight),
        "cosine": share(product, np.sqrt(a.squares * b.squares)),
    }


def _common(one: Sequence[Features], other: Sequence[Features]) -> _Common:
    words_a, words_b = Side.of([f.words for f in one]), Side.of([f.words for f in other])
    found = shared(words_a, words_b)
    places_a = np.concatenate([f.places for f in one])[found.at_a]
    order = ordered(found.pair, places_a)
    at_a, at_b, pair = found.at_a[order], found.at_b[order], found.pair[order]
    return _Common(
        pairs=len(one),
        pair=pair,
        at_a=at_a - words_a.starts[pair],
        at_b=at_b - words_b.starts[pair],
        places_a=places_a[order],
        places_b=np.concatenate([f.places for f in other])[at_b],
        weights_a=np.concatenate([f.weights for f in one])[at_a],
        weights_b=np.concatenate([f.weights for f in other])[at_b],
        classes=np.maximum(
            np.concatenate([f.classes for f in one])[at_a], np.concatenate([f.classes for f in other])[at_b]
        ),
        zipfs=np.concatenate([f.zipfs for f in one])[at_a],
    )


def _totals(side: Sequence[Features]) -> "FeatureTotals[NDArray[np.float64]]":
    return FeatureTotals(*np.array([f.totals for f in side], dtype=np.float64).T)


def _of_names(
    common: _Common, a: "FeatureTotals[NDArray[np.float64]]", b: "FeatureTotals[NDArray[np.float64]]"
) -> dict[str, NDArray[Any]]:
    names, figures = common.classes == NAME, common.classes == FIGURE
    count, numbers, rare = common.number(names), common.number(figures), common.sum(rarity(common.zipfs), names)
    return {
        "names": share(count, np.minimum(a.names, b.names), math.nan),
        "names_jaccard": share(count, a.names + b.names - count, math.nan),
        "rare_names": share(rare, np.minimum(a.rarity, b.rarity), math.nan),
        "rarity": rare,
        "numbers": share(numbers, np.minimum(a.figures, b.figures), math.nan),
        "numbers_jaccard": share(numbers, a.figures + b.figures - numbers, math.nan),
    }


def _side_by_side(common: _Common) -> NDArray[np.bool_]:
    """Tell which shared words have a shared neighbour that is near in both texts."""
    side = np.zeros(len(common.pair), dtype=bool)
    near = (np.diff(common.places_a) <= _NEAR) & (np.abs(np.diff(common.places_b)) <= _NEAR)
    near &= np.diff(common.pair) == 0
    side[:-1] |= near
    side[1:] |= near
    return side


def _retold(pairs: Sequence[tuple[Features, Features]], common: _Common) -> dict[str, NDArray[np.float64]]:
    bounds = np.searchsorted(common.pair, np.arange(len(pairs) + 1))
    rows = [
        retold(a, b, common.at_a[start:end], common.at_b[start:end])
        for (a, b), (start, end) in zip(pairs, pairwise(bounds.tolist()), strict=True)
    ]
    return {name: np.array(column) for name, column in zip(Retold._fields, zip(*rows, strict=True), strict=True)}


def _order(common: _Common) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Spearman's correlation of places in both texts, not under 0, and in standard errors."""
    count = np.bincount(common.pair, minlength=common.pairs)
    start = (np.cumsum(count) - count)[common.pair]
    rank = np.empty(len(common.pair))
    rank[ordered(common.pair, common.places_b)] = np.arange(len(common.pair))
    middle = (count[common.pair] - 1) / 2 + start
    covariance = common.sum((np.arange(len(common.pair)) - middle) * (rank - middle))
    enough = count >= _FEWEST_IN_ORDER
    whole = np.where(enough, count * (count**2.0 - 1) / 12, 1)
    correlation = np.where(enough, covariance / whole, math.nan)
    return np.maximum(correlation, 0.0), correlation * np.sqrt(np.maximum(count - 1, 0))
