"""Choose the canonical article of a story.

Text in at least two copies is the story; text in only one may be its own addition, or debris of its page. So the copy
with most of the common text wins; then the longest, the cleanest, the earliest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from worker.features import Features

#: Smaller differences in the share of common text, or in length, are ignored: a paragraph decides, a word does not.
_EQUAL_SHARE: Final = 0.02
_EQUAL_LENGTH: Final = 0.05


@dataclass(frozen=True, slots=True)
class Member:
    """One copy: its features, its time (published, else arrived) and how many faults cleaning repaired."""

    features: Features
    time: datetime
    faults: int = 0


def choose_canonical(members: Sequence[Member]) -> tuple[int, str]:
    """Return the index of the most complete copy that agrees best with the others, and the reason as a sentence.

    Meant for at most about a dozen members; the order of ``members`` decides only full ties. Raises ValueError if there
    are none.
    """
    if not members:
        raise ValueError("a story without copies has no canonical article")
    if len(members) == 1:
        return 0, "It is the only copy."
    shares = _shares_of_common_text(members)
    left = [i for i in range(len(members)) if shares[i] >= max(shares) - _EQUAL_SHARE]
    reasons = []
    for reason, value in (
        ("it is the longest of those that hold as much", lambda i: -_length(members[i])),
        ("cleaning had the least to mend in it", lambda i: members[i].faults),
        ("it came first", lambda i: members[i].time),
    ):
        if len(left) == 1:
            break
        best = min(value(i) for i in left)
        kept = [i for i in left if value(i) == best]
        if len(kept) < len(left):
            reasons.append(reason)
        left = kept
    chosen = left[0]
    held = f"it holds {shares[chosen]:.0%} of what at least two of {len(members)} copies say"
    if shares[chosen] == max(shares) and not reasons:
        held += ", more than any other"
    return chosen, f"{'; '.join([held, *reasons]).capitalize()}."


def _length(member: Member) -> int:
    """Return the length in steps of 5 %."""
    return round(math.log(max(member.features.tokens, 1)) / math.log(1 + _EQUAL_LENGTH))


def _shares_of_common_text(members: Sequence[Member]) -> list[float]:
    """Return each copy's share of the phrases that two or more copies have, weighted by the number of copies."""
    grams = np.concatenate([m.features.grams for m in members])
    if len(members) == 2:  # as most are: each has all that they have in common
        grams.sort()
        return [float(np.any(grams[1:] == grams[:-1]))] * 2
    owner = np.repeat(np.arange(len(members)), [len(m.features.grams) for m in members])
    order = np.argsort(grams, kind="stable")  # each copy's are sorted already, so this only merges them
    grams = grams[order]
    starts = np.flatnonzero(np.concatenate(([True], grams[1:] != grams[:-1])))
    copies = np.diff(starts, append=len(grams))
    weight = np.where(copies >= 2, copies, 0)
    held = np.bincount(owner[order], np.repeat(weight, copies), len(members))
    shares: list[float] = (held / max(weight.sum(), 1)).tolist()
    return shares
