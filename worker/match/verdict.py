"""Decide by the evidence whether two articles are one story, how likely that is, and their relation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from worker.article import Relation
from worker.match.evidence import Evidence
from worker.match.forest import probabilities
from worker.match.judgement import BALANCED, Judgement
from worker.reference.evidence import HOPELESS_PHRASES, HOPELESS_WORDS

#: A text with fewer content words is a scrap. That a long text contains it proves nothing: both must be this alike.
SCRAP: Final = 8
SCRAP_COSINE: Final = 0.6

#: One text is abridged and the other extended if most phrases of one are in the other and the length of the shorter is
#: less than .8 of the longer. Else they are near if most phrases are shared, or (OCR errors break many) .33 in order.
_VERSION_MIN_SHARE: Final = 0.6
_VERSION_MAX_LENGTH_RATIO: Final = 0.8
_NEAR: Final = 0.6
_OCR_MIN_SHARE: Final = 0.33
_IN_ORDER: Final = 0.97


@dataclass(slots=True)
class Verdict:
    """The decision on articles ``a`` and ``b``.

    ``relation`` is what ``a`` is to ``b`` · ``similarity`` the probability of one story, 0 to 1. `reasons` explains the
    pair that decided by its ``evidence``, ``probability`` and the probability ``needed``; it begins with the answer, or
    with ``before`` instead.
    """

    same: bool
    relation: Relation
    similarity: float
    evidence: Evidence = field(repr=False, compare=False)
    probability: float = field(repr=False, compare=False)
    needed: float = field(default=BALANCED.same_story, repr=False, compare=False)
    before: str = field(default="", repr=False, compare=False)


def verdict(e: Evidence, judgement: Judgement = BALANCED) -> Verdict:
    """Return the verdict on a pair. Never raises; texts without words are never the same."""
    return verdicts([e], judgement)[0]


def verdicts(evidences: Sequence[Evidence], judgement: Judgement = BALANCED) -> list[Verdict]:
    """Return the verdict on each of many pairs, the same as one by one."""
    certain = [1.0 if e.exact else 0.0 if shares_too_little(e) else None for e in evidences]
    uncertain = [e for e, known in zip(evidences, certain, strict=True) if known is None]
    chances = iter(probabilities(uncertain) if uncertain else ())
    needed = judgement.same_story
    return [_verdict(e, next(chances) if p is None else p, needed) for e, p in zip(evidences, certain, strict=True)]


def _verdict(e: Evidence, probability: float, needed: float) -> Verdict:
    return Verdict(probability >= needed, relation(e), probability, e, probability, needed)


def relation(e: Evidence) -> Relation:
    """Return what ``a`` is to ``b``, given that they are one story."""
    if e.exact:
        return Relation.EXACT
    if max(e.grams_in_a, e.grams_in_b) >= _VERSION_MIN_SHARE and e.length_ratio < _VERSION_MAX_LENGTH_RATIO:
        return Relation.ABRIDGED if e.grams_in_b > e.grams_in_a else Relation.EXTENDED
    has_ocr_errors = min(e.grams_in_a, e.grams_in_b) >= _OCR_MIN_SHARE and e.order >= _IN_ORDER
    return Relation.NEAR if has_ocr_errors or e.grams_jaccard >= _NEAR else Relation.REWRITE


def is_scrap_pair(e: Evidence) -> bool:
    """Return whether one text is a scrap (see `SCRAP`) and the words of the two are not alike enough."""
    return e.shorter < SCRAP and e.cosine < SCRAP_COSINE


def shares_too_little(e: Evidence) -> bool:
    """Return whether so little is shared that the model is not used."""
    phrases, words = max(e.grams_in_a, e.grams_in_b), max(e.words_in_a, e.words_in_b)
    return is_scrap_pair(e) or (phrases < HOPELESS_PHRASES and words < HOPELESS_WORDS)
