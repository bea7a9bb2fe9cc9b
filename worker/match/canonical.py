"""The copies of a story go in, the canonical one and the reason come out.

What at least two copies say is the story; what only one says may be its own addition, or debris of its page. So the
copy wins that holds most of the common text; then the longest, the cleanest, the earliest.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features

#: Copies within so much of the common text, or of length, are equal in it: a paragraph decides, a word does not.
_EQUAL_SHARE: Final = 0.02
_EQUAL_LENGTH: Final = 0.05


@dataclass(frozen=True, slots=True)
class Member:
    """One copy: its features, its time (published, else arrived) and how many faults cleaning had to mend."""

    features: Features
    time: datetime
    faults: int = 0


def choose_canonical(members: Sequence[Member]) -> tuple[int, str]:
    """Return the index of the most complete copy that agrees best with the others, and why, in words.

    Meant for at most about a dozen members; the order of ``members`` decides nothing but full ties. Raises ValueError
    without any.
    """
    if not members:
        raise ValueError("a story without copies has no canonical article")
    if len(members) == 1:
        return 0, "It is the only copy."
    shares = _shares_of_common_text(members)
    left = [i for i in range(len(members)) if shares[i] >= max(shares) - _EQUAL_SHARE]
    told = [f"it holds {shares[left[0]]:.0%} of what at least two of {len(members)} copies say"]
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
            told.append(reason)
        left = kept
    chosen = left[0]
    told[0] = f"it holds {shares[chosen]:.0%} of what at least two of {len(members)} copies say"
    if shares[chosen] == max(shares) and len(told) == 1:
        told[0] += ", more than any other"
    return chosen, f"{'; '.join(told).capitalize()}."


def _length(member: Member) -> int:
    """Return the length in steps of five per cent."""
    return round(math.log(max(member.features.tokens, 1)) / math.log(1 + _EQUAL_LENGTH))


def _shares_of_common_text(members: Sequence[Member]) -> list[float]:
    """Return what share of the phrases of two or more copies each copy holds, a phrase of many copies counting more."""
    phrases, copies = np.unique(np.concatenate([m.features.grams for m in members]), return_counts=True)
    common, weight = phrases[copies >= 2], copies[copies >= 2]
    return [_share(m.features.grams, common, weight) for m in members]


def _share(grams: NDArray[np.uint32], common: NDArray[np.uint32], weight: NDArray[np.intp]) -> float:
    if not len(common) or not len(grams):
        return 0.0
    # both are ascending: looking up is a third of the time of `numpy.isin`, which sorts them together
    at = np.minimum(np.searchsorted(grams, common), len(grams) - 1)
    return float(weight[grams[at] == common].sum() / weight.sum())
