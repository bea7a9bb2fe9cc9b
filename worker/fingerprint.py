"""Features go in, the fingerprint comes out: a 256-bit SimHash, a sketch of sampled keys, a hash of the exact words.

The SimHash measures a distance, the sketch finds candidates (abridged copies too, which no SimHash finds), the hash
finds identical texts. All three are the same on every machine.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.told import TELLING, pair_keys
from worker.features.totals import FIGURE

#: Raise it when anything here or in `worker.features` changes what comes out: `reprocess` then knows what is old.
VERSION: Final = 2
#: Pairs of neighbouring content words kept: this share of them, but at least and at most so many.
_PAIRS: Final = (1 / 20, 16, 40)
#: The same of pairs among names and numbers only, the next and the next but one: they outlive a rewrite.
_NAME_PAIRS: Final = (1 / 10, 14, 32)
#: Single words rarer than one in a million (Zipf 3): four keys more, and every rewrite of 96 finds its story (two
#: did not), and one scan of 309 more, whose pairs are all misread.
_RARE_WORDS: Final = (1, 4, 4)
_RARE_ZIPF: Final = 3.0
#: An odd factor: it ranks keys by other bits than they are made of.
_SCATTER: Final = np.uint32(0x9E3779B1)
#: undoes `_SCATTER`, modulo 2**32
_GATHER: Final = np.uint32(244002641)

#: Two articles are candidates of each other when they share so many keys …
SHARED_KEYS: Final = 2
#: … or a single one that stands in no more stories than this.
RARE_KEY_STORIES: Final = 3
#: Keys that stand in more stories than this (`White House`) find nothing and are left out.
COMMON_KEY_STORIES: Final = 100
#: No more candidate stories than this are read for an article, those with the most shared keys first.
MOST_CANDIDATES: Final = 24
#: A candidate that shares no more keys than this and is further by SimHash is not read at all. Among 7,498
#: articles that spares 44 % of the reading; of 6,452 pairs that would be joined, there and in seven labelled sets, it
#: loses 10.
FEW_KEYS: Final = 2
FAR_BITS: Final = 112


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """``simhash`` 32 bytes · ``sketch`` signed keys, ascending · ``text_hash`` 16 bytes · ``words`` content words."""

    simhash: bytes
    sketch: NDArray[np.int32]
    text_hash: bytes
    words: int


def fingerprint(f: Features) -> Fingerprint:
    """Return the fingerprint of ``f``; the SimHash of a text without content words is all zeros."""
    return Fingerprint(simhash=simhash(f), sketch=sketch(f), text_hash=f.digest, words=len(f.running))


def word_digests(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Spread each word hash to 32 bytes (splitmix64, four steps): an array of shape (words, 32)."""
    steps = np.arange(1, 5, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = words.astype(np.uint64)[:, None] + steps[None, :]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    spread: NDArray[np.uint8] = z.astype("<u8", copy=False).view(np.uint8)
    return spread


def bit_weights(f: Features) -> NDArray[np.float32]:
    """Return the weights of ``f.words`` as whole numbers, so that their sums are exact in any order."""
    whole: NDArray[np.float32] = np.rint(f.weights * 16)
    return whole


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


def worth_reading(shared: int, simhash: bytes, others: Iterable[bytes]) -> bool:
    """Tell whether a candidate that shares so many keys, with these SimHashes of its texts, is to be compared."""
    return shared > FEW_KEYS or any(hamming(simhash, other) <= FAR_BITS for other in others)


def sketch(f: Features) -> NDArray[np.int32]:
    """Return the sampled keys, ascending: pairs of neighbouring words, and pairs of neighbouring names or numbers.

    Of each kind the keys with the smallest ranks are kept (Broder's bottom-k), so that what a short version keeps
    a long version keeps too. A text of one word gives that word as its only key.
    """
    marked = f.running[f.running_marked & (f.running_weights >= TELLING)]
    near = pair_keys(f.running[:-1], f.running[1:])
    named = np.concatenate([pair_keys(marked[:-step], marked[step:]) for step in (1, 2)])
    rare = f.words[(f.zipfs < _RARE_ZIPF) & (f.classes != FIGURE)]
    keys = np.concatenate(
        [
            _sample(near, len(f.running), *_PAIRS),
            _sample(named, len(marked), *_NAME_PAIRS),
            _sample(rare, len(rare), *_RARE_WORDS),
        ]
    )
    if not len(keys):
        keys = f.words[:1]
    return np.unique(keys.view(np.int32))


def _sample(keys: NDArray[np.uint32], size: int, share: float, fewest: int, most: int) -> NDArray[np.uint32]:
    """Rank by a product that can be undone, so that one sort finds the smallest ranks and their keys."""
    ranks = np.sort(keys * _SCATTER)
    ranks = ranks[np.flatnonzero(np.diff(ranks, prepend=ranks[:1] ^ np.uint32(1)))]
    return ranks[: min(max(int(size * share), fewest), most)] * _GATHER
