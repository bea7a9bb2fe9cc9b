"""The fingerprint of an article: a 256-bit SimHash, a sketch of sampled keys, and a hash of the exact words.

The SimHash measures a distance, the sketch finds candidates (also abridged copies, which no SimHash finds), the hash
finds identical texts. All three are the same on every machine.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.fingerprint.simhash import simhashes
from worker.fingerprint.sketch import sketches

#: Raise it if a change here or in `worker.features` changes the results: `reprocess` uses it to find other articles.
#: The hash of the words must not change: it is all that is known of an erased text, which would come back.
VERSION: Final = 2


class Fingerprint(NamedTuple):
    """``simhash`` 32 bytes · ``sketch`` signed keys, ascending · ``text_hash`` 16 bytes · ``words`` content words."""

    simhash: bytes
    sketch: NDArray[np.int32]
    text_hash: bytes
    words: int


def fingerprint(f: Features) -> Fingerprint:
    """Return the fingerprint of ``f``; the SimHash of a text without content words is all zeros."""
    return fingerprints([f])[0]


def fingerprints(features: Sequence[Features]) -> list[Fingerprint]:
    """Return the fingerprints of many articles, in their order."""
    parts = zip(features, simhashes(features), sketches(features), strict=True)
    return [Fingerprint(simhash, sketch, f.digest, f.content_words) for f, simhash, sketch in parts]
