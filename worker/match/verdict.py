"""Evidence goes in, the verdict comes out: the same story or not, the relation, and why, in an editor's words."""

import math
from dataclasses import dataclass
from typing import Final

from worker.article import Relation
from worker.match.evidence import Evidence

_SAME: Final = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """``relation`` is what ``a`` is to ``b``; ``similarity`` 0 to 1; ``reason`` names the evidence that decided."""

    same: bool
    relation: Relation
    similarity: float
    reason: str


def verdict(e: Evidence) -> Verdict:
    """Judge a pair. Never raises; two texts without words are not the same."""
    similarity = _probability(e)
    same = e.exact or similarity >= _SAME
    return Verdict(same=same, relation=_relation(e), similarity=1.0 if e.exact else similarity, reason=_reason(e, same))


def floor(e: Evidence) -> bool:
    """Tell whether an article may stand in a story beside its canonical text: the guard against drifting chains."""
    return _probability(e) >= 0.05 or e.exact


def _probability(e: Evidence) -> float:
    words = max(e.words_in_a, e.words_in_b)
    grams = max(e.grams_in_a, e.grams_in_b)
    names = words if math.isnan(e.names) else e.names
    z = -7.0 + 5.0 * words + 6.0 * grams + 4.0 * e.cosine + 2.0 * names
    return 1 / (1 + math.exp(-z))


def _relation(e: Evidence) -> Relation:
    if e.exact:
        return Relation.EXACT
    if e.grams_jaccard >= 0.6:
        return Relation.NEAR
    if e.grams_in_b >= 0.6 and e.grams_in_b > e.grams_in_a:
        return Relation.ABRIDGED
    if e.grams_in_a >= 0.6:
        return Relation.EXTENDED
    return Relation.REWRITE


def _reason(e: Evidence, same: bool) -> str:
    words = max(e.words_in_a, e.words_in_b)
    grams = max(e.grams_in_a, e.grams_in_b)
    return f"{'same' if same else 'other'} story: {words:.0%} of the weighted words and {grams:.0%} of the phrases are shared"
