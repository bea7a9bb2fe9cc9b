"""Decide by the evidence whether two articles are one story, how likely that is, and their relation."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from worker.article import Relation
from worker.match.compare import HOPELESS_PHRASES, HOPELESS_WORDS
from worker.match.evidence import Evidence
from worker.match.forest import probabilities

#: At and above this probability two articles are one story (measured on held-out stories: below it more independent
#: reports are joined than rewrites are gained).
SAME_STORY_MIN: Final = 0.7
#: At and above this a copy is a witness: alone it decides nothing, but dissimilar copies of one story add up (see
#: `combine_witnesses`). This finds heavy rewrites, while independent reports have no second copy that agrees.
WITNESS_MIN: Final = 0.02
#: A witness must also share more than this part of the names of the article with fewer: rewrites keep names, while
#: reports of another event of the same kind, each of them a little likely, have other names.
_NAMES_KEPT: Final = 0.5
#: The minimum combined probability of the witnesses: the probability that at least one of them is right. At .2, reports
#: of different events of one kind were joined on held-out topics.
COMBINED_MIN: Final = 0.22
#: Maximum number of witnesses; more of them would only add up small chances.
_MAX_WITNESSES: Final = 3
#: Below this probability with its canonical text an article may not be in a story, so that chains do not drift.
DRIFT_MIN: Final = 0.02
#: Two stories of several texts each merge only if their canonical texts have at least this probability. On held-out
#: stories, merges below it joined events of one kind and pages of one site.
MERGE_MIN: Final = 0.25
#: From this probability on the middle text of a story supports merging it with another.
MIDDLE_MIN: Final = 0.1
#: Two copies with at least this share of common phrases are one witness, not two.
_SAME_WITNESS_SHARE: Final = 0.5

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

    ``relation`` is what ``a`` is to ``b`` · ``similarity`` the probability of one story, 0 to 1 · ``likely``: it is a
    witness (see `WITNESS_MIN`) · ``evidence`` and ``probability`` are those of the pair that decided. `reasons`
    explains these, after the text ``before``.
    """

    same: bool
    likely: bool
    relation: Relation
    similarity: float
    evidence: Evidence = field(repr=False, compare=False)
    probability: float = field(repr=False, compare=False)
    before: str = field(default="", repr=False, compare=False)


def verdict(e: Evidence) -> Verdict:
    """Return the verdict on a pair. Never raises; texts without words are never the same."""
    return verdicts([e])[0]


def verdicts(evidences: Sequence[Evidence]) -> list[Verdict]:
    """Return the verdict on each of many pairs, the same as one by one."""
    certain = [1.0 if e.exact else 0.0 if shares_too_little(e) else None for e in evidences]
    uncertain = [e for e, known in zip(evidences, certain, strict=True) if known is None]
    chances = iter(probabilities(uncertain) if uncertain else ())
    return [_verdict(e, next(chances) if p is None else p) for e, p in zip(evidences, certain, strict=True)]


def _verdict(e: Evidence, probability: float) -> Verdict:
    same = probability >= SAME_STORY_MIN
    likely = probability >= WITNESS_MIN and not e.names <= _NAMES_KEPT  # false for NaN, where there is no name
    return Verdict(same, likely, relation(e), probability, e, probability)


def combine_witnesses(verdicts: Sequence[Verdict], between: Callable[[int, int], Evidence]) -> Verdict | None:
    """Return the verdict that joins an article to a story, or None; ``verdicts`` are on some of the story's copies.

    The best verdict decides alone. Else likely ones add up, if their copies are not nearly one text: ``between(i, j)``
    returns the evidence on the copies of the i-th and j-th verdict and is only called where it matters.
    """
    if not verdicts:
        return None
    ranked = sorted(range(len(verdicts)), key=lambda i: -verdicts[i].similarity)
    best = verdicts[ranked[0]]
    if best.same:
        return best
    witnesses: list[int] = []
    for i in (i for i in ranked if verdicts[i].likely):
        if len(witnesses) < _MAX_WITNESSES and all(_dissimilar(between(i, j)) for j in witnesses):
            witnesses.append(i)
    together = 1 - math.prod(1 - verdicts[i].similarity for i in witnesses)
    if len(witnesses) < 2 or together < COMBINED_MIN:
        return None
    summary = (
        f"Same story: {len(witnesses)} different copies of it agree ({together:.0%} together, "
        f"needed {COMBINED_MIN:.0%}). Alone the best says: "
    )
    return replace(best, same=True, likely=True, similarity=together, before=summary)


def _dissimilar(e: Evidence) -> bool:
    return not e.exact and max(e.grams_in_a, e.grams_in_b) < _SAME_WITNESS_SHARE


def may_stay_in_cluster(with_canonical: Verdict) -> bool:
    """Return whether an article may be in a story, by the verdict on it and the canonical text."""
    return with_canonical.similarity >= DRIFT_MIN


def middle_text_agrees(with_canonical: Verdict) -> bool:
    """Return whether a story's middle text supports a merge, by the verdict on it and the article that merges."""
    return with_canonical.similarity >= MIDDLE_MIN


def may_merge(to_first: Verdict, to_second: Verdict, canonicals: Verdict, *, both_have_several_texts: bool) -> bool:
    """Return whether an article that matches two stories merges them.

    ``to_first``, ``to_second``: the verdicts on it and their canonical articles · ``canonicals``: that on these two. An
    article that is part of both (the frame of a web page, an agency's background paragraphs) merges them only if their
    canonical articles match; any other needs `DRIFT_MIN` for these, or `MERGE_MIN` if both have several texts.
    """
    if all(v.relation is Relation.ABRIDGED for v in (to_first, to_second)):
        return canonicals.same
    return canonicals.similarity >= MERGE_MIN if both_have_several_texts else may_stay_in_cluster(canonicals)


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
