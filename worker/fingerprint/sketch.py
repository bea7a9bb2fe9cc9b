"""The sketch: sampled keys of an article that find candidates, also abridged copies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.kernel import article as kernel
from worker.kernel.article import ArticleHandle
from worker.reference import fingerprint as reference


def sketches(features: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each article, ascending: see `worker.reference.fingerprint.sketch`."""
    articles = [f.article for f in features]
    keys = (kernel.sketch(a) if isinstance(a, ArticleHandle) else reference.sketch(a) for a in articles)
    return [np.array(own, dtype=np.int32) for own in keys]
