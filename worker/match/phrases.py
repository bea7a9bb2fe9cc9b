"""Compute the evidence of three-word phrases; see `NUMBERS` for each column."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.match.overlap import Intersection, Side, argsort_within_pairs, intersect, ratio

#: A stretch without a shared phrase is new text from this many words on: two lines, about a sentence and a half.
_NEW_TEXT: Final = 20


def phrase_evidence(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return a column per number with a row per pair, of at most ``MOST_PAIRS`` pairs."""
    grams = _shared_phrases(pairs)
    places_a = np.concatenate([a.gram_places for a, _ in pairs])[grams.at_a]
    places_b = np.concatenate([b.gram_places for _, b in pairs])[grams.at_b]
    in_a, in_b = argsort_within_pairs(grams.pair, places_a), argsort_within_pairs(grams.pair, places_b)
    tokens_a, tokens_b = (np.array([article.tokens for article in side]) for side in zip(*pairs, strict=True))
    return {
        **_shares(pairs, grams),
        "new_in_a": _new_text(grams.pair[in_a], places_a[in_a], tokens_a),
        "new_in_b": _new_text(grams.pair[in_b], places_b[in_b], tokens_b),
        "passage": grams.counts(len(pairs)) / (_breaks(grams.pair[in_a], places_b[in_a], len(pairs)) + 1),
    }


def shares_of_phrases(pairs: Sequence[tuple[Features, Features]]) -> dict[str, NDArray[Any]]:
    """Return only the columns that show how many phrases are shared, of any number of pairs."""
    return _shares(pairs, _shared_phrases(pairs))


def _shared_phrases(pairs: Sequence[tuple[Features, Features]]) -> Intersection:
    return intersect(Side.of([a.grams for a, _ in pairs]), Side.of([b.grams for _, b in pairs]))


def _shares(pairs: Sequence[tuple[Features, Features]], grams: Intersection) -> dict[str, NDArray[Any]]:
    count = grams.counts(len(pairs))
    of_a, of_b = (np.array([len(article.grams) for article in side]) for side in zip(*pairs, strict=True))
    return {
        "grams_in_a": ratio(count, of_b),
        "grams_in_b": ratio(count, of_a),
        "grams_jaccard": ratio(count, of_a + of_b - count),
    }


def _breaks(pair: NDArray[np.intp], places: NDArray[np.int32], pairs: int) -> NDArray[np.intp]:
    """Return how often the next shared phrase in one text does not directly follow in the other."""
    breaks = (np.diff(places) != 1) & (np.diff(pair) == 0)
    return np.bincount(pair[1:][breaks], minlength=pairs)


def _new_text(pair: NDArray[np.intp], places: NDArray[np.int32], tokens: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the share of each text that is in long stretches without a shared phrase; 1 without any shared phrase."""
    new = np.where(np.bincount(pair, minlength=len(tokens)) > 0, 0, tokens).astype(np.float64)
    within = np.diff(pair) == 0
    gaps = np.diff(places)
    long = within & (gaps > _NEW_TEXT)
    new += np.bincount(pair[1:][long], gaps[long], len(tokens))
    if len(pair):
        first, last = np.flatnonzero(np.r_[True, ~within]), np.flatnonzero(np.r_[~within, True])
        for which, gap in ((first, places[first] + 3), (last, tokens[pair[last]] - places[last])):
            new[pair[which]] += np.where(gap > _NEW_TEXT, gap, 0)
    return np.where(tokens > 0, ratio(new, tokens), 1.0)
