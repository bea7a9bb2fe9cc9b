"""Two articles' features go in, the numbers that a verdict rests on come out.

Each is a share from 0 to 1 unless it says otherwise. A share of nothing (no names at all) is NaN, which is not 0.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.extract import FIGURE, LEAD_WORDS, LOWER, NAME
from worker.match.retold import retold

#: Shared words stand side by side when no more than this many content words lie between them in either text.
_NEAR: Final = 8
#: Fewer shared words than this stand in order by chance.
_FEWEST_IN_ORDER: Final = 8
#: A stretch without a shared phrase is new text from this many words on: two lines, about a sentence and a half.
_NEW_TEXT: Final = 20
#: Without a tenth of the phrases or a sixth of the words nothing else is worth asking: 1 true pair of 7,000 lies under.
HOPELESS_PHRASES: Final = 0.1
HOPELESS_WORDS: Final = 0.15


@dataclass(frozen=True, slots=True)
class Evidence:
    """What articles ``a`` and ``b`` have in common. "Words" are content words by stem, weighted by rarity (idf)."""

    #: the same words in the same order; case, layout and punctuation aside
    exact: bool
    #: 3-word phrases of ``b`` found in ``a``, and of ``a`` found in ``b`` (Broder's containment, 1997)
    grams_in_a: float
    grams_in_b: float
    #: shared phrases among all phrases (Broder's resemblance)
    grams_jaccard: float
    #: words of ``a`` and of ``b`` that lie in stretches of 20 or more without a shared phrase
    new_in_a: float
    new_in_b: float
    #: mean length of an unbroken shared passage, in phrases
    passage: float
    #: words of ``b`` found in ``a``, and of ``a`` found in ``b``
    words_in_a: float
    words_in_b: float
    #: cosine of the weighted words
    cosine: float
    #: the same words beside the same neighbours: as a share of the article with fewer
    beside: float
    #: the same of plain words (no names, no numbers), and their weight in all (0 up; a page of news has about 500)
    plain_beside: float
    plain_weight: float
    #: shared plain words: of all of both
    plain_jaccard: float
    #: shared names (capitalised inside a sentence): of the article with fewer, and of all of both
    names: float
    names_jaccard: float
    #: the same, each name counted by how rare it is in the language, and the rarity shared in all (0 up)
    rare_names: float
    rarity: float
    #: shared numbers: of the article with fewer, and of all of both
    numbers: float
    numbers_jaccard: float
    #: words of the shorter title found in the other title; NaN unless both have one
    title: float
    #: words of one lead (the first 40 content words) found anywhere in the other article, the better way round
    lead: float
    #: how far shared words keep their order: correlation of first places, 0 to 1; NaN under 8 shared words
    order: float
    #: the same in standard errors of what chance does: few words in order prove less than many (below 0: reversed)
    ordered: float
    #: passages of ``b`` retold in one passage of ``a`` each, and of ``a`` in ``b``: the mean share of their words
    retold_in_a: float
    retold_in_b: float
    #: words of ``a``, and of ``b``, in passages that no passage of the other retells
    untold_in_a: float
    untold_in_b: float
    #: words of one opening passage found in one of the other's first three, the better way round
    opening: float
    #: neighbouring passages whose counterparts come in their order; NaN under 4 counterparts
    retold_order: float
    #: names and numbers that stand together in a sentence of both: of the article with fewer such pairs, and with more
    facts: float
    facts_both: float
    #: running content words of the shorter article, and their share of the longer one's
    shorter: int
    length_ratio: float
    #: bits that differ between the two SimHashes, 0 to 256; None where it was not asked for
    distance: int | None = None


def evidence(a: Features, b: Features, distance: int | None = None) -> Evidence:
    """Compare two articles; ``distance`` is that of their SimHashes, where known, and is only carried along."""
    return Evidence(
        exact=a.digest == b.digest and a.tokens > 0,
        **_of_phrases(a, b),
        **_of_words(a, b),
        title=_title(a, b),
        shorter=min(len(a.running), len(b.running)),
        length_ratio=_share(min(len(a.running), len(b.running)), max(len(a.running), len(b.running))),
        distance=distance,
    )


def hopeless(a: Features, b: Features) -> bool:
    """Tell by phrases and words alone, in a fifth of the time, that nothing else is worth asking of two articles."""
    if a.digest == b.digest or len(_shared(a.grams, b.grams)[0]) >= HOPELESS_PHRASES * min(len(a.grams), len(b.grams)):
        return False
    at_a, at_b = _shared(a.words, b.words)
    in_b = _share(float(a.weights[at_a].sum()), float(a.weights.sum()))
    in_a = _share(float(b.weights[at_b].sum()), float(b.weights.sum()))
    return max(in_a, in_b) < HOPELESS_WORDS


def _of_phrases(a: Features, b: Features) -> dict[str, float]:
    at_a, at_b = _shared(a.grams, b.grams)
    count = len(at_a)
    places_a, places_b = a.gram_places[at_a], b.gram_places[at_b]
    in_order = np.argsort(places_a)
    breaks = _count(np.diff(places_b[in_order]) != 1) + 1
    return {
        "grams_in_a": _share(count, len(b.grams)),
        "grams_in_b": _share(count, len(a.grams)),
        "grams_jaccard": _share(count, len(a.grams) + len(b.grams) - count),
        "new_in_a": _new_text(places_a[in_order], a.tokens),
        "new_in_b": _new_text(np.sort(places_b), b.tokens),
        "passage": count / breaks,
    }


def _new_text(places: NDArray[np.int32], tokens: int) -> float:
    """Return the share of a text that lies in long stretches between shared phrases; 1 without any."""
    if not len(places):
        return 1.0
    gaps = np.diff(places, prepend=-3, append=tokens)
    return _share(float(gaps[gaps > _NEW_TEXT].sum()), tokens)


def _of_words(a: Features, b: Features) -> dict[str, float]:
    at_a, at_b = _shared(a.words, b.words)
    by_place = np.argsort(a.places[at_a])
    at_a, at_b = at_a[by_place], at_b[by_place]
    weights_a, weights_b = a.weights[at_a], b.weights[at_b]
    total_a, total_b = float(a.weights.sum()), float(b.weights.sum())
    places_a, places_b = a.places[at_a], b.places[at_b]
    norm = math.sqrt(float(a.weights @ a.weights) * float(b.weights @ b.weights))
    classes = np.maximum(a.classes[at_a], b.classes[at_b])
    common = np.minimum(weights_a, weights_b)
    side = _side_by_side(places_a, places_b)
    beside, plain = float(common[side].sum()), classes == LOWER
    plain_beside = float(common[side & plain].sum())
    plain_a, plain_b = (float(f.weights[f.classes == LOWER].sum()) for f in (a, b))
    plain_shared = float(common[plain].sum())
    order, ordered = _order(places_b)
    return {
        "words_in_a": _share(float(weights_b.sum()), total_b),
        "words_in_b": _share(float(weights_a.sum()), total_a),
        "cosine": _share(float(weights_a @ weights_b), norm),
        "beside": _share(beside, min(total_a, total_b)),
        "plain_beside": _share(plain_beside, min(plain_a, plain_b), math.nan),
        "plain_weight": plain_beside,
        "plain_jaccard": _share(plain_shared, plain_a + plain_b - plain_shared, math.nan),
        **_of_names(a, b, at_a, classes),
        "lead": max(
            _share(_count(places_a < LEAD_WORDS), _count(a.places < LEAD_WORDS)),
            _share(_count(places_b < LEAD_WORDS), _count(b.places < LEAD_WORDS)),
        ),
        "order": order,
        "ordered": ordered,
        **retold(a, b, at_a, at_b),
        **_of_facts(a, b),
    }


def _of_names(a: Features, b: Features, at_a: NDArray[np.intp], classes: NDArray[np.uint8]) -> dict[str, float]:
    names_a, names_b = a.classes == NAME, b.classes == NAME
    shared = classes == NAME
    count, of_a, of_b = _count(shared), _count(names_a), _count(names_b)
    rarity = _rarity(a.zipfs[at_a[shared]])
    rarity_a, rarity_b = _rarity(a.zipfs[names_a]), _rarity(b.zipfs[names_b])
    figures = _count(classes == FIGURE)
    figures_a, figures_b = (_count(f.classes == FIGURE) for f in (a, b))
    return {
        "names": _share(count, min(of_a, of_b), math.nan),
        "names_jaccard": _share(count, of_a + of_b - count, math.nan),
        "rare_names": _share(rarity, min(rarity_a, rarity_b), math.nan),
        "rarity": rarity,
        "numbers": _share(figures, min(figures_a, figures_b), math.nan),
        "numbers_jaccard": _share(figures, figures_a + figures_b - figures, math.nan),
    }


def _rarity(zipfs: NDArray[np.float32]) -> float:
    """Return how rare names are in sum: 0 for one as common as `London` (Zipf 5), 4 for one in no list."""
    return float(np.maximum(5.0 - zipfs, 0.0).sum())


def _side_by_side(places_a: NDArray[np.int32], places_b: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Tell which shared words (in the order of ``a``) have a shared neighbour that is near in both texts."""
    side = np.zeros(len(places_a), dtype=bool)
    near = (np.diff(places_a) <= _NEAR) & (np.abs(np.diff(places_b)) <= _NEAR)
    side[:-1] |= near
    side[1:] |= near
    return side


def _order(places: NDArray[np.int32]) -> tuple[float, float]:
    """Return Spearman's correlation of the places in both texts, not under 0, and in standard errors."""
    if len(places) < _FEWEST_IN_ORDER:
        return math.nan, math.nan
    ranks = np.empty(len(places))
    ranks[np.argsort(places)] = np.arange(len(places))
    middle = (len(places) - 1) / 2
    covariance = float((np.arange(len(places)) - middle) @ (ranks - middle))
    correlation = covariance / (len(places) * (len(places) ** 2 - 1) / 12)
    return max(0.0, correlation), correlation * math.sqrt(len(places) - 1)


def _of_facts(a: Features, b: Features) -> dict[str, float]:
    fewer, more = sorted((len(a.facts), len(b.facts)))
    shared = len(_shared(a.facts, b.facts)[0]) if fewer else math.nan
    return {"facts": _share(shared, fewer, math.nan), "facts_both": _share(shared, more, math.nan)}


def _title(a: Features, b: Features) -> float:
    shorter = min(len(a.title), len(b.title))
    return _share(len(_shared(a.title, b.title)[0]), shorter, math.nan) if shorter else math.nan


def _count(which: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(which))


def _share(part: float, whole: float, of_nothing: float = 0.0) -> float:
    return min(part / whole, 1.0) if whole > 0 else of_nothing


def _shared(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the shared items of two ascending arrays of distinct items stand in each."""
    if not len(a) or not len(b):
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    at = np.searchsorted(b, a)
    at[at == len(b)] = 0
    hit = np.flatnonzero(b[at] == a)
    return hit, at[hit]
