"""Compute the numbers of many pairs of articles at once in the compiled kernel."""

from collections.abc import Iterator, Sequence

import numpy as np

from worker.features import Features
from worker.kernel import pairs as kernel


def numbers(pairs: Sequence[tuple[Features, Features]], *, whole: bool) -> Iterator[list[float]]:
    """Yield the numbers of `Evidence` between ``exact`` and ``distance`` for each pair; see `evidence_of`."""
    articles = {id(article): article for pair in pairs for article in pair}  # most are in several pairs
    index = {key: i for i, key in enumerate(articles)}
    which = np.array([index[id(article)] for pair in pairs for article in pair], dtype=np.int64).reshape(-1, 2)
    return iter(kernel.compare([article.kernel for article in articles.values()], which, whole=whole).tolist())
