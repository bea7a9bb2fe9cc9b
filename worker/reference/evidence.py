"""The evidence of a pair of articles: the numbers of `worker.match.evidence.NUMBERS`, which says what each means."""

import math
from itertools import pairwise
from typing import Final

from worker.reference.article import FIGURE, LEAD_WORDS, LOWER, NAME, ArticleFeatures, Distinct
from worker.reference.words import float32

#: A stretch without a shared phrase is new text from this many words on: two lines, about a sentence and a half.
_NEW_TEXT: Final = 20
#: Shared words are neighbours when they are at most this many content words apart in both texts.
_NEAR: Final = 8
#: The order of fewer shared words is chance.
_FEWEST_IN_ORDER: Final = 8
#: A passage that shares less of its words than this with every passage of the other text is not retold; from the second
#: share on it has a counterpart, whose place counts for the order, unless there are too few.
_UNTOLD, _COUNTERPART, _FEWEST = 0.25, 0.3, 4
#: The opening passage of one text is searched in this many first passages of the other.
_OPENING: Final = 3
#: A pair below both shares of common phrases and words is hopeless and not compared further: 1 true pair of 7,000 is.
HOPELESS_PHRASES, HOPELESS_WORDS = 0.1, 0.15

#: A shared word in both articles.
Shared = list[tuple[Distinct, Distinct]]


def evidence(a: ArticleFeatures, b: ArticleFeatures, *, whole: bool) -> dict[str, float]:
    """Return numbers by name; of a hopeless pair, unless ``whole``, only those that show that it is one."""
    grams = sorted(a.grams.keys() & b.grams.keys(), key=a.grams.__getitem__)
    stems = sorted(a.words.keys() & b.words.keys(), key=lambda stem: a.words[stem].place)
    shared = [(a.words[stem], b.words[stem]) for stem in stems]
    shorter, longer = sorted((len(a.content), len(b.content)))
    (weight_a, squares_a), (weight_b, squares_b) = map(_weights, (a, b))
    numbers = {
        "shorter": shorter,
        "length_ratio": share(shorter, longer),
        "grams_in_a": share(len(grams), len(b.grams)),
        "grams_in_b": share(len(grams), len(a.grams)),
        "grams_jaccard": share(len(grams), len(a.grams) + len(b.grams) - len(grams)),
        "words_in_a": share(sum(y.weight for _, y in shared), weight_b),
        "words_in_b": share(sum(x.weight for x, _ in shared), weight_a),
        "cosine": share(sum(float32(x.weight * y.weight) for x, y in shared), math.sqrt(squares_a * squares_b)),
    }
    words, phrases = (max(numbers[f"{what}_in_a"], numbers[f"{what}_in_b"]) for what in ("words", "grams"))
    if not whole and words < HOPELESS_WORDS and phrases < HOPELESS_PHRASES:
        return numbers
    places = [b.grams[gram] for gram in grams]
    fewer, more = sorted((len(a.facts), len(b.facts)))
    numbers |= {
        "new_in_a": _new_text([a.grams[gram] for gram in grams], len(a.hashes)),
        "new_in_b": _new_text(sorted(places), len(b.hashes)),
        "passage": len(grams) / (sum(place != last + 1 for last, place in pairwise(places)) + 1),
        "title": share(len(a.title & b.title), min(len(a.title), len(b.title)), math.nan),
        "facts": share(len(a.facts & b.facts), fewer, math.nan),
        "facts_both": share(len(a.facts & b.facts), more, math.nan) if fewer else math.nan,
    }
    return (
        numbers
        | _neighbours(a, b, shared, min(weight_a, weight_b))
        | _names(a, b, shared)
        | _order(shared)
        | _retold(a, b, len(shared))
    )


def share(part: float, whole: float, of_nothing: float = 0.0) -> float:
    """Return ``part / whole``, at most 1, and ``of_nothing`` if the whole is 0."""
    return min(part / whole, 1.0) if whole > 0 else of_nothing


def _weights(article: ArticleFeatures) -> tuple[float, float]:
    """Return the sums of the weights and of their squares; like all sums here they are exact in any order."""
    weights = [word.weight for word in article.words.values()]
    return sum(weights), sum(float32(weight * weight) for weight in weights)


def _new_text(places: list[int], end: int) -> float:
    """Return the share of a text that is in long stretches between shared phrases; 1 if no phrase is shared."""
    if not places:
        return 1.0
    gaps = [places[0] + 3, *(after - before for before, after in pairwise(places)), end - places[-1]]
    return share(sum(gap for gap in gaps if gap > _NEW_TEXT), end)


def _neighbours(a: ArticleFeatures, b: ArticleFeatures, shared: Shared, lesser: float) -> dict[str, float]:
    near = [
        after[0].place - before[0].place <= _NEAR and abs(after[1].place - before[1].place) <= _NEAR
        for before, after in pairwise(shared)
    ]
    sides = zip(shared, [False, *near], [*near, False], strict=False)
    beside = [words for words, near_before, near_after in sides if near_before or near_after]
    plain, plain_beside = (
        _lesser_weights([(x, y) for x, y in words if x.kind == y.kind == LOWER]) for words in (shared, beside)
    )
    plain_a, plain_b = (sum(own.weight for own in text.words.values() if own.kind == LOWER) for text in (a, b))
    return {
        "beside": share(_lesser_weights(beside), lesser),
        "plain_beside": share(plain_beside, min(plain_a, plain_b), math.nan),
        "plain_weight": plain_beside,
        "plain_jaccard": share(plain, plain_a + plain_b - plain, math.nan),
    }


def _lesser_weights(shared: Shared) -> float:
    return sum((min(x.weight, y.weight) for x, y in shared), 0.0)


def _names(a: ArticleFeatures, b: ArticleFeatures, shared: Shared) -> dict[str, float]:
    numbers = {}
    for name, kind in (("names", NAME), ("numbers", FIGURE)):
        common = sum(max(x.kind, y.kind) == kind for x, y in shared)
        in_a, in_b = (sum(own.kind == kind for own in text.words.values()) for text in (a, b))
        numbers[name] = share(common, min(in_a, in_b), math.nan)
        numbers[f"{name}_jaccard"] = share(common, in_a + in_b - common, math.nan)
    rarity = sum((x.rarity for x, y in shared if max(x.kind, y.kind) == NAME), 0.0)
    rarities = [sum(own.rarity for own in text.words.values() if own.kind == NAME) for text in (a, b)]
    leads = [[own for own in text.words.values() if own.place < LEAD_WORDS] for text in (a, b)]
    of_lead = [sum(pair[side].place < LEAD_WORDS for pair in shared) for side in (0, 1)]
    return numbers | {
        "rare_names": share(rarity, min(rarities), math.nan),
        "rarity": rarity,
        "lead": max(share(common, len(lead)) for common, lead in zip(of_lead, leads, strict=True)),
    }


def _order(shared: Shared) -> dict[str, float]:
    """Return Spearman's correlation of the places in both texts, at least 0, and the same in standard errors."""
    count = len(shared)
    if count < _FEWEST_IN_ORDER:
        return {}
    middle = (count - 1) / 2
    rank = {place: number for number, place in enumerate(sorted(y.place for _, y in shared))}
    covariance = sum((number - middle) * (rank[y.place] - middle) for number, (_, y) in enumerate(shared))
    correlation = covariance / (count * (count * count - 1.0) / 12.0)
    return {"order": max(correlation, 0.0), "ordered": correlation * math.sqrt(count - 1.0)}


def _retold(a: ArticleFeatures, b: ArticleFeatures, shared: int) -> dict[str, float]:
    """Align passages by the weight of their shared words: the best match of each, since versions move sentences."""
    if shared < _FEWEST:
        return dict.fromkeys(("retold_in_a", "retold_in_b", "opening"), 0.0) | {"untold_in_a": 1.0, "untold_in_b": 1.0}
    in_a, in_b = ({(t.stem, t.passage): t.weight for t in article.content} for article in (a, b))
    passages_b: dict[int, list[int]] = {}
    for stem, passage in in_b:
        passages_b.setdefault(stem, []).append(passage)
    table = [[0.0] * len(b.passages) for _ in a.passages]
    for (stem, passage), weight in in_a.items():
        for other in passages_b.get(stem, ()):
            table[passage][other] += weight
    columns = [list(column) for column in zip(*table, strict=True)]
    retold_b, untold_a, opening_a, order_a = _best_matches(table, a.passages)
    retold_a, untold_b, opening_b, order_b = _best_matches(columns, b.passages)
    return {
        "retold_in_a": retold_a,
        "retold_in_b": retold_b,
        "untold_in_a": untold_a,
        "untold_in_b": untold_b,
        "opening": min(max(opening_a, opening_b), 1.0),
        "retold_order": order_a if len(table) <= len(columns) else order_b,
    }


def _best_matches(table: list[list[float]], weights: list[float]) -> tuple[float, float, float, float]:
    """Return the shares that are retold and untold, that of the opening, and of counterparts in the same order."""
    best = list(map(max, table))
    shares = [most / weight for most, weight in zip(best, weights, strict=True)]
    retold = sum(map(min, best, weights)) / sum(weights)
    untold = sum(weight for own, weight in zip(shares, weights, strict=True) if own < _UNTOLD) / sum(weights)
    counterparts = [row.index(max(row)) for row, own in zip(table, shares, strict=True) if own >= _COUNTERPART]
    order = math.nan
    if len(counterparts) >= _FEWEST:
        order = sum(after >= before for before, after in pairwise(counterparts)) / (len(counterparts) - 1)
    return retold, untold, max(table[0][:_OPENING]) / weights[0], order


def key_numbers(
    a: list[int], counts: list[int], b: list[int], rarity: list[float], limits: tuple[int, int, int, int]
) -> tuple[float, ...]:
    """Return the fields of `worker.match.key_rarity.KeyNumbers` of two sketches; ``counts`` are of the keys of ``a``.

    ``limits``: stories of the articles themselves; the greatest number of others that is counted; limits of others for
    a rare and for a frequent key.
    """
    posted, most, rare, frequent = limits
    others = {key: min(count, most) for key, count in zip(a, counts, strict=True)}
    own = {key: max(others[key] - posted, 0) for key in a if key in set(b)}
    total, weight = sum(rarity[n] for n in (others | own).values()), sum(rarity[n] for n in own.values())
    if not a or not b or total <= 0:  # or every key is in more stories than there are, as if some were deleted by hand
        return (math.nan,) * 6
    unique, few, many = (sum(map(test, own.values())) for test in ((0).__eq__, rare.__ge__, frequent.__lt__))
    shares = (unique / len(own), float(few), many / len(own)) if own else (0.0, 0.0, 1.0)
    return min(1.0, weight / (len(b) * total / len(a))), weight / total, *shares, float(weight)
