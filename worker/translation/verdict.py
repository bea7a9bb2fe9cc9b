"""Decide whether two texts in different languages are one dispatch: a logistic regression on seven numbers.

`tests/benchmarks/fit_translations.py` fits it on dispatches that were written for this project, with folds by dispatch.
"""

import math
from collections import Counter
from typing import Final, NamedTuple

from worker.translation.anchors import NAME, NUMBER, QUOTE
from worker.translation.evidence import ComparedText, TranslationEvidence, evidence

#: Of `features`, in its order.
WEIGHTS: Final = (0.78, 8.48, 6.23, 5.57, 6.26, -1.55, -2.96)
BASE: Final = -13.64
#: From this probability on two texts are one dispatch: a link that is wrong costs more trust than one that is missed.
TRANSLATION_MIN: Final = 0.8
#: Lengths are mentioned if they differ by less than this, as a logarithm.
_LIKE_LENGTH: Final = 0.25
#: What anchors of a kind are called, one and several of them, in the order of the sentence.
_NOUNS: Final = {
    NUMBER: ("number", "numbers"),
    NAME: ("name or place", "names and places"),
    QUOTE: ("quotation of equal length", "quotations of equal length"),
}


class Translation(NamedTuple):
    """Two texts that are one dispatch in two languages; ``probability`` is from `TRANSLATION_MIN` to 1."""

    probability: float
    reason: str


def translation(a: ComparedText, b: ComparedText) -> Translation | None:
    """Return how certainly two texts are one dispatch, and why; None if they are not or have one language."""
    if a.language == b.language:
        return None
    e = evidence(a, b)
    chance = probability(e)
    return Translation(chance, reason(a, b, e)) if chance >= TRANSLATION_MIN else None


def features(e: TranslationEvidence) -> tuple[float, ...]:
    """Return the inputs of the model."""
    return (
        *(math.log1p(e.shared), e.of_fewer, e.of_more, e.numbers_of_fewer, e.numbers_of_more),
        *(e.drift, e.length),
    )


def probability(e: TranslationEvidence) -> float:
    """Return the probability that texts with this evidence are one dispatch."""
    odds = BASE + sum(weight * value for weight, value in zip(WEIGHTS, features(e), strict=True))
    return 1 / (1 + math.exp(-odds))


def reason(a: ComparedText, b: ComparedText, e: TranslationEvidence) -> str:
    """Return a sentence for an editor: how many numbers, names and quotations have the same order in both."""
    shared = Counter(_group(a.anchors[i].value[0]) for i, _ in e.same)
    parts = []
    for kind, (one, several) in _NOUNS.items():
        if shared[kind]:
            least = min(_count(side, kind) for side in (a, b))
            of = f"{shared[kind]} of {least}" if kind == NUMBER and least >= shared[kind] else str(shared[kind])
            parts.append(f"{of} {one if of == '1' else several}")
    listed = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    length = ", and they are about equally long" if e.length < _LIKE_LENGTH else ""
    return f"{listed} are in the same order in both texts{length}."


def _group(kind: str) -> str:
    return kind if kind in NUMBER + QUOTE else NAME


def _count(side: ComparedText, kind: str) -> int:
    return sum(anchor.kind == kind for anchor in side.anchors)
