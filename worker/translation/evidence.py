"""What two texts in different languages have in common, as numbers that an editor can check."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from worker.translation.anchors import NAME, NUMBER, QUOTE, WORD, Anchor

#: Characters of a translation for one of the English original; other languages are taken for 1.
LENGTHS: Final = {"en": 1.0, "ja": 0.42, "zh": 0.34, "ar": 0.88}
#: Anchors that belong together are about as far from the beginning.
_BAND: Final = 0.3
_CALENDAR: Final = 0.5
#: Quotations are equally long if they differ by about this many percent of the text.
_QUOTE_STEP: Final = 6


class TranslationEvidence(NamedTuple):
    """The numbers of a pair of texts.

    ``shared``: weight of the anchors that are in the same order in both · ``of_fewer``, ``of_more``: its share of the
    text with less and of that with more anchors · ``numbers_of_fewer``, ``numbers_of_more``: shares of the different
    numbers that are in both · ``drift``: mean distance of shared anchors, as a share of the text · ``length``: the
    logarithm of the ratio of the lengths, given their languages, without sign · ``same``: the anchors in that order.
    """

    shared: float
    of_fewer: float
    of_more: float
    numbers_of_fewer: float
    numbers_of_more: float
    drift: float
    length: float
    same: tuple[tuple[int, int], ...] = ()


class ComparedText(NamedTuple):
    """A text of a pair: its anchors, its language, and its number of characters."""

    anchors: Sequence[Anchor]
    language: str
    chars: int


def evidence(a: ComparedText, b: ComparedText) -> TranslationEvidence:
    """Return the evidence of two texts; the order of the two does not matter."""
    pairs = _pairs(a.anchors, b.anchors)
    chain = _chain(pairs, a.anchors, b.anchors)
    shared = sum(weight(a.anchors[i].value, b.anchors[j].value) for i, j in chain)
    few, many = sorted((_total(a.anchors, chain, 0), _total(b.anchors, chain, 1)))
    first, second = ({anchor.value for anchor in side.anchors if anchor.kind == NUMBER} for side in (a, b))
    less, more = sorted((len(first), len(second)))
    common = len(first & second)
    drifts = [abs(a.anchors[i].position - b.anchors[j].position) for i, j in chain]
    return TranslationEvidence(
        shared,
        min(shared / max(few, 1.0), 1.0),  # sums of the same weights in another order may differ in the last bit
        min(shared / max(many, 1.0), 1.0),
        common / max(less, 1),
        common / max(more, 1),
        sum(drifts) / len(drifts) if drifts else _BAND,
        abs(math.log(max(a.chars, 1) / LENGTHS.get(a.language, 1.0) / max(b.chars, 1) * LENGTHS.get(b.language, 1.0))),
        tuple(chain),
    )


def weight(value: str, other: str = "") -> float:
    """Return how much an anchor that two texts share says; small numbers and short names are in many texts."""
    kind = value[0]
    if kind == NUMBER:
        digits = value[1:].replace(".", "").rstrip("0")
        if len(digits) >= 3 or "." in value:
            return 1.5
        return 1.0 if float(value[1:]) > 12 else 0.5
    if kind in NAME + WORD:
        length = len(value) - 1
        certain = kind == NAME and (not other or other[0] == NAME)
        return (0.4, 0.7, 1.0, 1.2)[min(length, 5) - 2] if certain else (0.1, 0.4, 0.8, 1.1)[min(length, 5) - 2]
    return _CALENDAR if kind in "mwq" else 0.7


def _total(anchors: Sequence[Anchor], chain: Sequence[tuple[int, int]], side: int) -> float:
    """Return the weight of the anchors of a text; words that may be names count only where they are shared."""
    total = sum(weight(anchor.value) for anchor in anchors if anchor.kind != WORD)
    return total + sum(weight(anchors[i].value) for i in {pair[side] for pair in chain} if anchors[i].kind == WORD)


def _forms(value: str) -> tuple[str, ...]:
    """Return the forms under which an anchor is found: a name also without its last consonant or its first vowel."""
    if value[0] == QUOTE:
        share = int(value[1:])
        return (f"q{share // _QUOTE_STEP}", f"q{(share + _QUOTE_STEP // 2) // _QUOTE_STEP}")
    if value[0] not in NAME + WORD:
        return (value,)
    bones = value[1:].removeprefix("a") if len(value) > 3 else value[1:]
    return (bones, bones[:-1]) if len(bones) > 3 else (bones,)


def _pairs(a: Sequence[Anchor], b: Sequence[Anchor]) -> list[tuple[int, int]]:
    """Return which anchors of the two texts may be the same, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for j, anchor in enumerate(b):
        for form in _forms(anchor.value):
            places[form].append(j)
    return [
        (i, j)
        for i, anchor in enumerate(a)
        for j in sorted({j for form in _forms(anchor.value) for j in places.get(form, ())}, reverse=True)
        if abs(anchor.position - b[j].position) <= _BAND
    ]


def _chain(pairs: Sequence[tuple[int, int]], a: Sequence[Anchor], b: Sequence[Anchor]) -> list[tuple[int, int]]:
    """Return the heaviest pairs that are in the same order in both texts."""
    best: list[tuple[float, int]] = []
    for at, (i, j) in enumerate(pairs):
        total, before = 0.0, -1
        for earlier in range(at):
            x, y = pairs[earlier]
            if x < i and y < j and best[earlier][0] > total:
                total, before = best[earlier][0], earlier
        best.append((total + weight(a[i].value, b[j].value), before))
    chain = []
    at = max(range(len(best)), key=lambda at: best[at][0], default=-1)
    while at >= 0:
        chain.append(pairs[at])
        at = best[at][1]
    return chain[::-1]
