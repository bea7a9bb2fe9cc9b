"""Choose the canonical article of a story.

Text in at least two copies is the story; text in only one may be its own addition, or debris of its page. The choice
depends on the copies alone: not on the order in which they are passed, nor on what was canonical before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from worker.features import Features

#: Smaller differences in the share of common text are ignored: a paragraph decides, a corrected word does not. As
#: twelve extractions of a page arrive, the chosen one agrees with the article by .806 with .02, .824 with .05 and .858
#: with .1 (F1 of 3-grams), and it changes 238, 228 and 214 times in 90 stories; but a tenth of an article may be two
#: paragraphs.
EQUAL_SHARE: Final = 0.05
#: If only two copies hold the most common text, from this ratio of their lengths on the longer one is the full text,
#: and the other is abridged. A lower value prefers debris of pages, a higher one abridgements: with 1.1, 1.25, 1.5 and
#: 2 the full text wins over a cut to 40 to 75 % of it in 99.7, 98.6, 86.7 and 66.4 % of cases, and the choice between
#: two extractions of a page agrees with the article by .850, .854, .866 and .876 (F1 of 3-grams).
FULLER_RATIO: Final = 1.25


@dataclass(frozen=True, slots=True)
class Member:
    """One copy: its features, its time (published, else arrived) and what else decides.

    ``faults`` is the number of repairs by cleaning, ``source_rank`` the rank of its source (0 is the best, and an
    agency's own dispatch is below 0), ``number`` its place in the order of arrival.
    """

    features: Features
    time: datetime
    faults: int = 0
    source_rank: int = 0
    number: int = 0


def choose_canonical(members: Sequence[Member]) -> tuple[int, str]:
    """Return the index of the most complete copy that agrees best with the others, and the reason as a sentence.

    The order of reasons: most of what at least two copies say, the full text before an abridged one, an agency's own
    dispatch, the rank of the source, the fewest repairs, the earliest. Meant for at most about a dozen members; their
    order does not matter. Raises ValueError if there are none.
    """
    if not members:
        raise ValueError("a story without copies has no canonical article")
    if len(members) == 1:
        return 0, "It is the only copy."
    # A person's pin, the status of an article and the newest version of an id come before: the caller passes only
    # copies that may be chosen.
    shares = _shares_of_common_text(members)
    left = [i for i in range(len(members)) if shares[i] >= max(shares) - EQUAL_SHARE]
    reasons: list[str] = []
    for reason, best_of in _REASONS:
        kept = best_of(members, left)
        if len(kept) < len(left):
            reasons.append(reason)
        left = kept
    chosen = min(left, key=lambda i: (members[i].number, members[i].features.digest))
    common = "both texts" if len(members) == 2 else f"at least two of {len(members)} texts"
    # in the past: a copy that joins later and changes nothing does not rewrite the reason
    held = f"when it was chosen, it held {shares[chosen]:.0%} of what {common} said"
    if shares[chosen] == max(shares) and not reasons:
        held += ", more than any other"
    return chosen, f"{'; '.join([held, *reasons]).capitalize()}."


def _fullest(members: Sequence[Member], left: Sequence[int]) -> list[int]:
    """Return the longer of two copies if it is much longer, else all.

    Where more copies hold as much, most of them lack what one of them adds, and it does not count.
    """
    if len(left) == 2:
        short, long = sorted(left, key=lambda i: members[i].features.tokens)
        if members[long].features.tokens >= FULLER_RATIO * members[short].features.tokens:
            return [long]
    return list(left)


def _least(value: Callable[[Member], int | datetime]) -> Callable[[Sequence[Member], Sequence[int]], list[int]]:
    """Return a function that keeps the copies with the smallest value."""

    def best_of(members: Sequence[Member], left: Sequence[int]) -> list[int]:
        values = [value(members[i]) for i in left]
        least = min(values)
        return [i for i, v in zip(left, values, strict=True) if v == least]

    return best_of


#: What decides among copies that hold as much of the common text, in this order, with its wording.
_REASONS: Final = (
    ("the other text is much shorter", _fullest),
    ("it is the agency's own dispatch", _least(lambda member: int(member.source_rank >= 0))),
    ("its source is preferred", _least(lambda member: member.source_rank)),
    ("cleaning had the least to mend in it", _least(lambda member: member.faults)),
    ("it came first", _least(lambda member: member.time)),
)


def _shares_of_common_text(members: Sequence[Member]) -> list[float]:
    """Return each copy's share of the phrases that two or more copies have, weighted by the number of copies."""
    own = [m.features.column("grams") for m in members]
    grams = np.concatenate(own)
    if len(members) == 2:  # as most are: each has all that they have in common
        grams.sort()
        return [float(np.any(grams[1:] == grams[:-1]))] * 2
    owner = np.repeat(np.arange(len(members)), list(map(len, own)))
    order = np.argsort(grams, kind="stable")  # each copy's are sorted already, so this only merges them
    grams = grams[order]
    starts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1])))
    copies = np.diff(starts, append=len(grams))
    weight = np.where(copies >= 2, copies, 0)
    held = np.bincount(owner[order], np.repeat(weight, copies), len(members))
    shares: list[float] = (held / max(weight.sum(), 1)).tolist()
    return shares
