"""Features go in, the fingerprint comes out: a 256-bit SimHash, a sketch of sampled keys, a hash of the exact words.

The SimHash measures a distance, the sketch finds candidates (abridged copies too, which no SimHash finds), the hash
finds identical texts. All three are the same on every machine.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.fingerprint.simhash import simhashes
from worker.fingerprint.sketch import sketches

#: Raise it when anything here or in `worker.features` changes what comes out: `reprocess` then knows what is old.
VERSION: Final = 2
#: Articles fingerprinted together: few enough that their arrays stay in the processor's cache.
_TOGETHER: Final = 128


class Fingerprint(NamedTuple):
    """``simhash`` 32 bytes · ``sketch`` signed keys, ascending · ``text_hash`` 16 bytes · ``words`` content words."""

    simhash: bytes
    sketch: NDArray[np.int32]
    text_hash: bytes
    words: int


def fingerprint(f: Features) -> Fingerprint:
    """Return the fingerprint of ``f``; the SimHash of a text without content words is all zeros."""
    return fingerprints([f])[0]


def fingerprints(found: Sequence[Features]) -> list[Fingerprint]:
    """Return the fingerprints of many articles, in their order; each is the same as alone, at a third of its cost."""
    made: list[Fingerprint] = []
    for start in range(0, len(found), _TOGETHER):
        some = found[start : start + _TOGETHER]
        made += map(_whole, some, simhashes(some), sketches(some))
    return made


def _whole(f: Features, simhash: bytes, sketch: NDArray[np.int32]) -> Fingerprint:
    return Fingerprint(simhash=simhash, sketch=sketch, text_hash=f.digest, words=len(f.content_tokens))
