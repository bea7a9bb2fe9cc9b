"""Evidence goes in, the verdict comes out: one story or not, how likely, and the relation."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from worker.article import Relation
from worker.match.evidence import HOPELESS_PHRASES, HOPELESS_WORDS, Evidence
from worker.match.forest import probabilities

#: At and above this probability two articles are one story (measured on held-out stories: under it independent
#: reports join faster than rewrites are found).
SAME_STORY_MIN: Final = 0.7
#: At and above this a copy is a witness: alone it decides nothing, unlike copies of one story add up (see `agreed`).
#: Heavy rewrites are found so, while independent reports have no second copy that agrees.
WITNESS_MIN: Final = 0.02
#: … if it has more than this share of the names of the article with fewer: rewrites keep names, and an event of the
#: same kind, of which several reports are a little likely each, has its own.
_NAMES_KEPT: Final = 0.5
#: What witnesses must reach together, as the chance that not all of them are wrong: from .2 on reports of different
#: events of one kind joined on held-out topics.
WITNESSES_MIN: Final = 0.22
#: So many witnesses are heard; more of them would only add up small chances.
_WITNESSES: Final = 3
#: Below this an article may not stand in a story beside its canonical text, so that chains do not drift.
DRIFT_MIN: Final = 0.02
#: Two stories of several texts each are merged from this probability of their canonical texts on: what only a few small
#: chances bring together are, on held-out stories, events of one kind and pages of one site.
MERGE_MIN: Final = 0.25
#: From this probability on the middle text of a story vouches for its being merged with another.
MIDDLE_MIN: Final = 0.1
#: Two copies with this share of common phrases are one witness, not two.
_ONE_WITNESS: Final = 0.5

#: A scrap of fewer content words than this proves nothing by standing in a long text: most of both must be shared.
SCRAP: Final = 8
SCRAP_COSINE: Final = 0.6

#: A version is cut or extended when the other holds most of its phrases and it is shorter, or longer, by a fifth;
#: else near, when most phrases are shared, or (scanner errors break many) a third of them in the same order.
_MOST_OF_IT: Final = 0.6
_LONGER: Final = 0.8
_NEAR: Final = 0.6
_MISREAD: Final = 0.33
_IN_ORDER: Final = 0.97


@dataclass(slots=True)
class Verdict:
    """What was decided of articles ``a`` and ``b``.

    ``relation`` is what ``a`` is to ``b`` · ``similarity`` the probability of one story, 0 to 1 · ``likely``: a second,
    unlike copy that is likely too makes it the same story · `reasons` tells why, of the pair that decided: its
    ``evidence``, its ``probability``, and what is to be said ``before`` these.
    """

    same: bool
    likely: bool
    relation: Relation
    similarity: float
    evidence: Evidence = field(repr=False, compare=False)
    probability: float = field(repr=False, compare=False)
    before: str = field(default="", repr=False, compare=False)


def verdict(e: Evidence) -> Verdict:
    """Judge a pair. Never raises; texts without words are never the same."""
    return verdicts([e])[0]


def verdicts(found: Sequence[Evidence]) -> list[Verdict]:
    """Judge many pairs, each as alone."""
    settled = [1.0 if e.exact else 0.0 if little(e) else None for e in found]
    asked = [e for e, chance in zip(found, settled, strict=True) if chance is None]
    chances = iter(probabilities(asked) if asked else ())
    return [_verdict(e, next(chances) if chance is None else chance) for e, chance in zip(found, settled, strict=True)]


def _verdict(e: Evidence, probability: float) -> Verdict:
    same = probability >= SAME_STORY_MIN
    likely = probability >= WITNESS_MIN and not e.names <= _NAMES_KEPT  # NaN, where there is no name, is not below
    return Verdict(same, likely, relation(e), probability, e, probability)


def combine_witnesses(verdicts: Sequence[Verdict], between: Callable[[int, int], Evidence]) -> Verdict | None:
    """Return the verdict that joins an article to a story, or None; ``verdicts`` are on some of the story's copies.

    The best verdict decides alone. Else likely ones add up, if their copies are not nearly one text: ``between(i, j)``
    gives the evidence of the copies of the i-th and j-th verdict and is only asked where it matters.
    """
    if not verdicts:
        return None
    ranked = sorted(range(len(verdicts)), key=lambda i: -verdicts[i].similarity)
    best = verdicts[ranked[0]]
    if best.same:
        return best
    witnesses: list[int] = []
    for i in ranked:
        if len(witnesses) < _WITNESSES and verdicts[i].likely and all(_unlike(between(i, j)) for j in witnesses):
            witnesses.append(i)
    together = 1 - math.prod(1 - verdicts[i].similarity for i in witnesses)
    if len(witnesses) < 2 or together < WITNESSES_MIN:
        return None
    told = (
        f"Same story: {len(witnesses)} different copies of it agree ({together:.0%} together, "
        f"needed {WITNESSES_MIN:.0%}). "
        "Alone the best says: "
    )
    return replace(best, same=True, likely=True, similarity=together, before=told)


def _unlike(e: Evidence) -> bool:
    return not e.exact and max(e.grams_in_a, e.grams_in_b) < _ONE_WITNESS


def may_stay_in_cluster(beside_canonical: Verdict) -> bool:
    """Tell whether an article may stand in a story, by the verdict on it and the canonical text."""
    return beside_canonical.similarity >= DRIFT_MIN


def middle_text_agrees(with_canonical: Verdict) -> bool:
    """Tell whether a text of one story speaks for merging it with that of the other canonical text."""
    return with_canonical.similarity >= MIDDLE_MIN


def may_merge(to_one: Verdict, to_other: Verdict, canonicals: Verdict, *, grown: bool) -> bool:
    """Tell whether an article that matches two stories merges them; ``grown``: each of them has several texts.

    ``to_one`` and ``to_other`` are on it and their canonical articles, ``canonicals`` on these. A piece that both hold
    (the frame of a web page, an agency's background paragraphs) merges them only if they are the same story themselves;
    else they need to stand the floor, and grown stories to be likely one.
    """
    if all(judged.relation is Relation.ABRIDGED for judged in (to_one, to_other)):
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
    """Tell that one of the two is a scrap, and not most of both is shared."""
    return e.shorter < SCRAP and e.cosine < SCRAP_COSINE


def little(e: Evidence) -> bool:
    """Tell that so little is shared that nothing else is asked."""
    phrases, words = max(e.grams_in_a, e.grams_in_b), max(e.words_in_a, e.words_in_b)
    return scrap(e) or (phrases < HOPELESS_PHRASES and words < HOPELESS_WORDS)
