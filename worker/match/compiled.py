"""Pairs of articles' features go in, the numbers of each come out of the compiled kernel, all at once."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

import numpy as np

from worker.features import Features
from worker.kernel import pairs as kernel

_COLUMNS = attrgetter(*kernel.COLUMNS)


def numbers(pairs: Sequence[tuple[Features, Features]], *, whole: bool) -> Iterator[list[float]]:
    """Yield of each pair the numbers of `Evidence` between ``exact`` and ``distance``; see `evidence_of`."""
    found = {id(one): one for pair in pairs for one in pair}  # most come in several pairs
    places = {key: place for place, key in enumerate(found)}
    which = np.array([places[id(one)] for pair in pairs for one in pair], dtype=np.int64).reshape(-1, 2)
    return iter(kernel.compare(_texts(list(found.values())), which, whole=whole).tolist())


def _texts(found: Sequence[Features]) -> kernel.Texts:
    return kernel.Texts(
        columns=[np.concatenate(column) for column in zip(*map(_COLUMNS, found), strict=True)],
        counts=np.array(
            [
                (
                    len(f.words),
                    len(f.grams),
                    len(f.running),
                    len(f.passage_weights),
                    len(f.facts),
                    len(f.title),
                    f.tokens,
                )
                for f in found
            ]
        ),
        sums=np.array([f.totals for f in found], dtype=np.float64),
    )
