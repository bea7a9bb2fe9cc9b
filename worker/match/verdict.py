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
#: The combined probability that witnesses must reach, as the chance that not all of them are wrong: at .2 reports of
#: different events of one kind were joined on held-out topics.
WITNESSES_MIN: Final = 0.22
#: Maximum number of witnesses; more of them would only add up small chances.
_WITNESSES: Final = 3
#: Below this probability with its canonical text an article may not be in a story, so that chains do not drift.
DRIFT_MIN: Final = 0.02
#: Two stories of several texts each are merged from this probability of their canonical texts on: on held-out stories,
#: those below it that small chances would merge are events of one kind and pages of one site.
MERGE_MIN: Final = 0.25
#: From this probability on the middle text of a story supports merging it with another.
MIDDLE_MIN: Final = 0.1
#: Two copies with at least this share of common phrases are one witness, not two.
_ONE_WITNESS: Final = 0.5

#: A scrap of fewer content words than this proves nothing by being part of a long text: most of both must be shared.
SCRAP: Final = 8
SCRAP_COSINE: Final = 0.6

#: A version is abridged or extended when the other has most of its phrases and it is shorter, or longer, by a fifth;
#: else it is near when most phrases are shared, or (scanner errors break many) a third of them in the same order.
_MOST_OF_IT: Final = 0.6
_LONGER: Final = 0.8
_NEAR: Final = 0.6
_MISREAD: Final = 0.33
_IN_ORDER: Final = 0.97


@dataclass(slots=True)
class Verdict:
    """The decision on articles ``a`` and ``b``.

    ``relation`` is what ``a`` is to ``b`` · ``similarity`` the probability of one story, 0 to 1 · ``likely``: a second,
    dissimilar copy that is likely too makes it the same story. `reasons` explains the pair that decided by its
    ``evidence`` and ``probability``, after the text ``before``.
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
    certain = [1.0 if e.exact else 0.0 if little(e) else None for e in evidences]
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
    for i in ranked:
        if len(witnesses) < _WITNESSES and verdicts[i].likely and all(_dissimilar(between(i, j)) for j in witnesses):
            witnesses.append(i)
    together = 1 - math.prod(1 - verdicts[i].similarity for i in witnesses)
    if len(witnesses) < 2 or together < WITNESSES_MIN:
        return None
    summary = (
        f"Same story: {len(witnesses)} different copies of it agree ({together:.0%} together, "
        f"needed {WITNESSES_MIN:.0%}). "
        "Alone the best says: "
    )
    return replace(best, same=True, likely=True, similarity=together, before=summary)


def _dissimilar(e: Evidence) -> bool:
    return not e.exact and max(e.grams_in_a, e.grams_in_b) < _ONE_WITNESS


def may_stay_in_cluster(with_canonical: Verdict) -> bool:
    """Return whether an article may be in a story, by the verdict on it and the canonical text."""
    return with_canonical.similarity >= DRIFT_MIN


def middle_text_agrees(with_canonical: Verdict) -> bool:
    """Return whether a story's middle text supports a merge, by the verdict on it and the article that merges."""
    return with_canonical.similarity >= MIDDLE_MIN


def may_merge(to_first: Verdict, to_second: Verdict, canonicals: Verdict, *, grown: bool) -> bool:
    """Return whether an article that matches two stories merges them; ``grown``: each of them has several texts.

    ``to_first`` and ``to_second`` are the verdicts on it and their canonical articles, ``canonicals`` that on these. A
    piece of both (the frame of a web page, an agency's background paragraphs) merges them only if they are the same
    story themselves; else they need `DRIFT_MIN`, and grown stories `MERGE_MIN`.
    """
    if all(v.relation is Relation.ABRIDGED for v in (to_first, to_second)):
        return canonicals.same
    return canonicals.similarity >= MERGE_MIN if grown else may_stay_in_cluster(canonicals)


def relation(e: Evidence) -> Relation:
    """Return what ``a`` is to ``b``, given that they are one story."""
    if e.exact:
        return Relation.EXACT
    if max(e.grams_in_a, e.grams_in_b) >= _MOST_OF_IT and e.length_ratio < _LONGER:
        return Relation.ABRIDGED if e.grams_in_b > e.grams_in_a else Relation.EXTENDED
    misread = min(e.grams_in_a, e.grams_in_b) >= _MISREAD and e.order >= _IN_ORDER
    return Relation.NEAR if misread or e.grams_jaccard >= _NEAR else Relation.REWRITE


def scrap(e: Evidence) -> bool:
    """Return whether one of the two is a scrap, and less than most of both is shared."""
    return e.shorter < SCRAP and e.cosine < SCRAP_COSINE


def little(e: Evidence) -> bool:
    """Return whether so little is shared that the model is not used."""
    phrases, words = max(e.grams_in_a, e.grams_in_b), max(e.words_in_a, e.words_in_b)
    return scrap(e) or (phrases < HOPELESS_PHRASES and words < HOPELESS_WORDS)
