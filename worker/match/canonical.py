"""The copies of a story go in, the canonical one and the reason come out.

Most complete and best supported: what two copies say counts, what only one copy says may be its own addition.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from worker.features import Features


@dataclass(frozen=True, slots=True)
class Member:
    """One copy: its features, its time (published, else arrived) and how many faults cleaning had to mend."""

    features: Features
    time: datetime
    faults: int = 0


def choose_canonical(members: Sequence[Member]) -> tuple[int, str]:
    """Return the index of the most complete copy that agrees best with the others, and why, in words.

    Meant for at most about a dozen members; raises ValueError without any.
    """
    if not members:
        raise ValueError("a story without copies has no canonical article")
    if len(members) == 1:
        return 0, "the only copy"
    supported, counts = _supported(members)
    scores = [_score(member, supported, counts) for member in members]
    best = min(range(len(members)), key=lambda i: (-round(scores[i], 2), members[i].faults, members[i].time))
    return best, f"it holds {scores[best]:.0%} of what at least two copies say, the most"


def _supported(members: Sequence[Member]) -> tuple[np.ndarray, np.ndarray]:
    grams, counts = np.unique(np.concatenate([m.features.grams for m in members]), return_counts=True)
    return grams[counts >= 2], counts[counts >= 2]


def _score(member: Member, supported: np.ndarray, counts: np.ndarray) -> float:
    held = np.isin(supported, member.features.grams, assume_unique=True)
    return float(counts[held].sum() / counts.sum()) if len(supported) else 0.0
