"""Features go in, the fingerprint comes out: a 256-bit SimHash, a sketch of sampled keys, a hash of the exact words.

The SimHash measures a distance, the sketch finds candidates (abridged copies too, which no SimHash finds), the hash
finds identical texts. All three are the same on every machine.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.features.runs import distinct
from worker.features.told import TELLING, pair_keys
from worker.features.totals import FIGURE
from worker.kernel import library
from worker.kernel import prints as kernel

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
#: Articles fingerprinted together: few enough that their arrays stay in the processor's cache.
_TOGETHER: Final = 128
#: The weights of so many words have a sum that 32 bits of a float hold exactly.
_EXACT: Final = 4_096
#: What is sorted: number of the text, key. Keys are signed numbers, so their sign is turned round to be sorted.
_TEXT: Final = np.uint64(32)
_SIGN: Final = np.uint64(1 << 31)

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


#: Keys, and the text of each.
_Keys: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.uint32]]


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
    return Fingerprint(simhash=simhash, sketch=sketch, text_hash=f.digest, words=len(f.running))


def word_digests(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Spread each word hash to 32 bytes (splitmix64, four steps): an array of shape (words, 32)."""
    steps = np.arange(1, 5, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = words.astype(np.uint64)[:, None] + steps[None, :]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    spread: NDArray[np.uint8] = z.astype("<u8", copy=False).view(np.uint8)
    return spread


def bit_weights(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the weights of words as whole numbers, so that their sums are exact in any order."""
    whole: NDArray[np.float32] = np.rint(weights * 16)
    return whole


def simhashes(found: Sequence[Features]) -> list[bytes]:
    """Return Charikar's SimHash of each one's weighted content words: the bits of the `simhash` package."""
    words = np.concatenate([f.words for f in found])
    weights = bit_weights(np.concatenate([f.weights for f in found]))
    sizes = np.array([len(f.words) for f in found])
    if library.loaded is None:
        bits = _simhashes(words, weights, sizes)
    else:
        bits = kernel.simhashes(sizes, words, weights.astype(np.int32))
    return [bits[at : at + 32] for at in range(0, len(bits), 32)]


def _simhashes(words: NDArray[np.uint32], weights: NDArray[np.float32], sizes: NDArray[np.intp]) -> bytes:
    digests = word_digests(words)
    sums, half = np.zeros((len(sizes), 256)), np.zeros((len(sizes), 1))
    ends = np.cumsum(sizes)
    for number, (start, end) in enumerate(zip((ends - sizes).tolist(), ends.tolist(), strict=True)):
        # not for all at once: the bits of one text, a byte or four each, stay in the processor's cache;
        # nor for more words of it than have an exact sum
        for at in range(start, end, _EXACT):
            some = slice(at, min(at + _EXACT, end))
            sums[number] += np.dot(weights[some], np.unpackbits(digests[some], axis=1).astype(np.float32))
            half[number] += weights[some].sum() / 2
    return np.packbits(sums > half, axis=1).tobytes()


def hamming(a: bytes, b: bytes) -> int:
    """Return the number of bits that differ, 0 to 256."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def worth_reading(shared: int, simhash: bytes, others: Iterable[bytes]) -> bool:
    """Tell whether a candidate that shares so many keys, with these SimHashes of its texts, is to be compared."""
    return shared > FEW_KEYS or any(hamming(simhash, other) <= FAR_BITS for other in others)


def sketches(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the sampled keys of each, ascending: pairs of neighbouring words, and pairs of names or numbers.

    Of each kind the keys with the smallest ranks are kept (Broder's bottom-k), so that what a short version keeps
    a long version keeps too. A text of one word gives that word as its only key.
    """
    return _sketches(found) if library.loaded is None else _sketches_by_kernel(found)


def _sketches(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    texts = len(found)
    running, words = np.concatenate([f.running for f in found]), np.concatenate([f.words for f in found])
    owner, word_owner = _owners([len(f.running) for f in found]), _owners([len(f.words) for f in found])
    telling, rare = _telling(found), _rare(found)
    marked, marked_owner = running[telling], owner[telling]
    samples = (
        _sample(texts, owner, _PAIRS, [_pairs(owner, running, 1)]),
        _sample(texts, marked_owner, _NAME_PAIRS, [_pairs(marked_owner, marked, step) for step in (1, 2)]),
        _sample(texts, word_owner[rare], _RARE_WORDS, [(word_owner[rare], words[rare])]),
    )
    return _ascending(np.concatenate(samples), found)


def _sketches_by_kernel(found: Sequence[Features]) -> list[NDArray[np.int32]]:
    running, words = np.concatenate([f.running for f in found]), np.concatenate([f.words for f in found])
    keys = kernel.sketches(
        kernel.Running(np.array([len(f.running) for f in found]), running, _telling(found)),
        kernel.Running(np.array([len(f.words) for f in found]), words, _rare(found)),
        (kernel.Bounds(*_PAIRS), kernel.Bounds(*_NAME_PAIRS), kernel.Bounds(*_RARE_WORDS)),
        (int(_SCATTER), int(_GATHER)),
    )
    return [own if len(own) else f.words[:1].view(np.int32) for own, f in zip(keys, found, strict=True)]


def _telling(found: Sequence[Features]) -> NDArray[np.bool_]:
    """Tell which running words are names or numbers that are not frequent."""
    telling = np.concatenate([f.running_weights for f in found]) >= TELLING
    telling &= np.concatenate([f.running_marked for f in found])
    return telling


def _rare(found: Sequence[Features]) -> NDArray[np.bool_]:
    """Tell which distinct words are rare, and no numbers."""
    rare = np.concatenate([f.zipfs for f in found]) < _RARE_ZIPF
    rare &= np.concatenate([f.classes for f in found]) != FIGURE
    return rare


def _owners(sizes: Sequence[int]) -> NDArray[np.uint64]:
    return np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)


def _pairs(owner: NDArray[np.uint64], words: NDArray[np.uint32], step: int) -> _Keys:
    inside = np.flatnonzero((owner[:-step] == owner[step:]) & (words[:-step] != words[step:]))
    return owner[inside], pair_keys(words[inside], words[inside + step])


def _sample(texts: int, counted: NDArray[np.uint64], bounds: tuple[float, int, int], keys: Sequence[_Keys]) -> Any:
    """Return the sampled keys of all texts, each behind the number of its text.

    Ranked by a product that can be undone, so that one sort finds the smallest ranks and their keys. ``counted`` are
    the texts of the words of which a share is kept.
    """
    share, fewest, most = bounds
    room = np.clip((np.bincount(counted.astype(np.intp), minlength=texts) * share).astype(np.intp), fewest, most)
    items = distinct(np.concatenate([owner << _TEXT | key * _SCATTER for owner, key in keys]))
    owner = items >> _TEXT
    begin = np.searchsorted(owner, np.arange(texts, dtype=np.uint64))
    items = items[np.arange(len(items)) - begin[owner] < room[owner]]
    return items >> _TEXT << _TEXT | items.astype(np.uint32) * _GATHER


def _ascending(items: NDArray[np.uint64], found: Sequence[Features]) -> list[NDArray[np.int32]]:
    """Return the distinct keys of each text as signed numbers, of a text without any its first word."""
    items = distinct(items ^ _SIGN)
    bounds = np.searchsorted(items, np.arange(len(found) + 1, dtype=np.uint64) << _TEXT).tolist()
    keys = (items ^ _SIGN).astype(np.uint32).view(np.int32)
    return [
        keys[start:end] if start < end else f.words[:1].view(np.int32)
        for f, (start, end) in zip(found, pairwise(bounds), strict=True)
    ]
