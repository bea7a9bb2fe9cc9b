"""Pairs of articles' features go in, the numbers of each come out of the compiled kernel, all at once."""

from collections.abc import Iterator, Sequence

import numpy as np

from worker.features import Features
from worker.kernel import pairs as kernel


def numbers(pairs: Sequence[tuple[Features, Features]], *, whole: bool) -> Iterator[list[float]]:
    """Yield of each pair the numbers of `Evidence` between ``exact`` and ``distance``; see `evidence_of`."""
    found = {id(one): one for pair in pairs for one in pair}  # most come in several pairs
    places = {key: place for place, key in enumerate(found)}
    which = np.array([places[id(one)] for pair in pairs for one in pair], dtype=np.int64).reshape(-1, 2)
    return iter(kernel.compare([one.kernel for one in found.values()], which, whole=whole).tolist())
