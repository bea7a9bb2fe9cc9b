"""Decide whether two articles that are not copies are related: reports of one event or matter, or of one template.

A logistic regression on eight numbers of the evidence, fitted by `tests/benchmarks/fit_related.py`. It is as good as a
boosted forest on 23 numbers on held-out events, and does not depend on the model that finds copies.
"""

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.article import RelatedKind
from worker.match.clauses import same_names
from worker.match.evidence import Evidence
from worker.match.verdict import shares_too_little

#: Numbers that are shares of 0 to 1, and numbers that are sums, of which the logarithm counts.
SHARES: Final = ("cosine", "names", "lead", "opening", "keys_frequent")
SUMS: Final = ("rarity", "plain_weight", "keys_rarity")
#: Of `SHARES`, then `SUMS`.
WEIGHTS: Final = (8.97, 1.28, 1.55, 2.20, -1.36, 0.26, 0.69, 0.30)
BASE: Final = -7.92
#: From this probability on a pair is related.
RELATED_MIN: Final = 0.8

#: A template: no name is shared, or most of what is shared is frequent in the archive and the shared names weigh little
#: compared with the shared plain words. Either three in four key phrases are in many stories, and hardly one is in few;
#: or half of them are, the names weigh less than an eighth, and few facts are shared. Of the related pairs in a month
#: of an agency's feed 74 % are templates (results, bond issues, money market reports); of pairs of reports of one event
#: 0 to 1 % are mistaken for one, of short leads on national politics 6 %.
_MOSTLY_FREQUENT: Final = 0.75
_RARE_KEYS: Final = 1
_FEW_NAMES: Final = 1 / 4
_HALF_FREQUENT: Final = 0.5
_HARDLY_NAMES: Final = 1 / 8
_FEW_FACTS: Final = 0.25
#: Of related reports of one event 3 of 61 share less than this of the facts, of a feed's related reports 9 of 30.
_NO_FACTS: Final = 0.15
#: From this likeness of vocabulary on most of it is said to be the same.
_MOST_WORDS: Final = 0.65

_GET_NUMBERS: Final = attrgetter(*SHARES, *SUMS)


class Related(NamedTuple):
    """How two articles that are not copies are related; ``probability`` is from `RELATED_MIN` to 1."""

    kind: RelatedKind
    probability: float
    reason: str


def related(evidences: Sequence[Evidence]) -> list[Related | None]:
    """Return how each pair is related, or None if it is not. Copies are related too: ask for the verdict first."""
    enough = [i for i, e in enumerate(evidences) if e.whole and not shares_too_little(e)]
    results: list[Related | None] = [None] * len(evidences)
    if not enough:
        return results
    odds = BASE + related_matrix([evidences[i] for i in enough]) @ np.array(WEIGHTS)
    for i, probability in zip(enough, (1 / (1 + np.exp(-odds))).tolist(), strict=True):
        if probability >= RELATED_MIN:
            results[i] = _related(evidences[i], probability)
    return results


def related_matrix(evidences: Sequence[Evidence]) -> NDArray[np.float64]:
    """Return a row per pair with the columns `SHARES` and `SUMS`; nothing to compare counts as nothing shared."""
    matrix = np.array([_GET_NUMBERS(e) for e in evidences], dtype=np.float64).reshape(len(evidences), -1)
    np.nan_to_num(matrix, copy=False)
    matrix[:, len(SHARES) :] = np.log1p(np.maximum(matrix[:, len(SHARES) :], 0))
    return matrix


def _related(e: Evidence, probability: float) -> Related:
    words = "most of the vocabulary is the same" if e.cosine >= _MOST_WORDS else "they use many of the same words"
    if is_template(e):
        kind = RelatedKind.TEMPLATE
        frame = "most phrases that they share are in many other stories too"
        clauses = f"{words}, but {frame if _is_frame(e) else 'no name is shared'}"
    else:
        kind = RelatedKind.EVENT
        names = (same_names(e) or "").replace("|", "")
        clauses = f"{names}, and {words}" if names else words
    answer = in_words(e)
    return Related(kind, probability, f"{answer[0].upper()}{answer[1:]}: {clauses}.")


def in_words(e: Evidence) -> str:
    """Return what one of two related articles is to the other.

    Without an archive that knows the frame, reports of one kind with a few names in common look like reports of one
    event: such as bond issues by one bank. Only shared facts make the event certain enough to be named.
    """
    if is_template(e):
        return "the same kind of report"
    report = "another report of the same event or matter"
    if e.facts >= _FEW_FACTS:
        return report
    return f"perhaps {report}" if e.facts >= _NO_FACTS else "a similar report"


def is_template(e: Evidence) -> bool:
    """Return whether two related articles share a recurring frame rather than an event."""
    return _is_frame(e) or not e.names > 0


def _is_frame(e: Evidence) -> bool:
    """Return whether what the articles share is frequent in the archive, and hardly a name."""
    rarity, facts = (0.0 if math.isnan(number) else number for number in (e.rarity, e.facts))
    names = rarity / max(e.plain_weight, 1.0)
    if e.keys_frequent >= _MOSTLY_FREQUENT and e.keys_rare <= _RARE_KEYS and names < _FEW_NAMES:
        return True
    return e.keys_frequent >= _HALF_FREQUENT and names < _HARDLY_NAMES and facts < _FEW_FACTS
