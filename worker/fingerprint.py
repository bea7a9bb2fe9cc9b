"""Features go in, the fingerprint comes out: a 256-bit SimHash, a sketch of sampled keys, a hash of the exact words.

The SimHash measures a distance, the sketch finds candidates (abridged copies too, which no SimHash finds), the hash finds
identical texts. All three are the same on every machine.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features

#: Raise it when anything here or in `worker.features` changes what comes out: `reprocess` then knows what is old.
VERSION: Final = 1
#: An article keeps this share of its keys, but at least and at most so many (see `_sample`).
_SHARE: Final = 1 / 16
_FEWEST_KEYS: Final = 20
_MOST_KEYS: Final = 40
#: Odd factor that ranks keys by other bits than they are made of, so that the kept ones still use all 32 bits.
_SCATTER: Final = np.uint32(0x9E3779B1)
#: Two articles are candidates of each other when they share this many keys.
SHARED_KEYS: Final = 2
#: No more candidates than this are read for an article, those with the most shared keys first.
MOST_CANDIDATES: Final = 24


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``simhash`` 32 bytes · ``sketch`` sorted unique signed keys · ``text_hash`` 16 bytes · ``words`` content words."""

    simhash: bytes
    sketch: NDArray[np.int32]
    text_hash: bytes
    words: int


def fingerprint(f: Features) -> Fingerprint:
    """Return the fingerprint of ``f``; the SimHash of a text without content words is all zeros."""
    return Fingerprint(simhash=simhash(f), sketch=_sample(f), text_hash=f.digest, words=f.size)


def word_digests(words: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Spread each 64-bit word hash to 32 bytes (splitmix64, four steps): an array of shape (words, 32)."""
    steps = np.arange(1, 5, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = words[:, None] + steps[None, :]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return z.astype("<u8", copy=False).view(np.uint8)


def bit_weights(f: Features) -> NDArray[np.float32]:
    """Return the weights of ``f.words`` as whole numbers, so that their sums are exact in any order."""
    return np.rint(f.weights * 16)


def simhash(f: Features) -> bytes:
    """Return Charikar's SimHash of the weighted content words: the bits of the `simhash` package, from one product."""
    if not len(f.words):
        return bytes(32)
    weights = bit_weights(f)
    sums = weights @ np.unpackbits(word_digests(f.words), axis=1).astype(np.float32)
    return np.packbits(sums > weights.sum() / 2).tobytes()


def hamming(a: bytes, b: bytes) -> int:
    """Return the number of bits that differ, 0 to 256."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def _sample(f: Features) -> NDArray[np.int32]:
    """Keep the smallest hashes: samples of a long and a short text nest, so that what one keeps the other keeps too."""
    keys = f.pairs
    keep = min(max(int(len(keys) * _SHARE), _FEWEST_KEYS), _MOST_KEYS)
    chosen = np.argsort(keys * _SCATTER)[:keep]
    return np.sort(keys[chosen].view(np.int32))
