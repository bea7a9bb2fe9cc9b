"""Charikar's SimHash with 256 bits over weighted content words."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.kernel import library
from worker.kernel import simhash_sketch as kernel

#: The sum of the weights of this many words is exact in a 32-bit float.
_EXACT_WORDS: Final = 4_096


def word_digests(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Expand each word hash to 32 bytes (splitmix64, four steps): an array of shape (words, 32)."""
    steps = np.arange(1, 5, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = words.astype(np.uint64)[:, None] + steps[None, :]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    digests: NDArray[np.uint8] = z.astype("<u8", copy=False).view(np.uint8)
    return digests


def bit_weights(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Round the weights to whole numbers (in 16ths), so that their sums are exact in any order."""
    rounded: NDArray[np.float32] = np.rint(weights * 16)
    return rounded


def simhashes(features: Sequence[Features]) -> list[bytes]:
    """Return Charikar's SimHash of the weighted content words of each article: the bits of the `simhash` package."""
    words = np.concatenate([f.words for f in features])
    weights = bit_weights(np.concatenate([f.weights for f in features]))
    sizes = np.array([len(f.words) for f in features])
    if library.loaded is None:
        bits = _simhashes_by_numpy(words, weights, sizes)
    else:
        bits = kernel.simhashes(sizes, words, weights.astype(np.int32))
    return [bits[at : at + 32] for at in range(0, len(bits), 32)]


def _simhashes_by_numpy(words: NDArray[np.uint32], weights: NDArray[np.float32], sizes: NDArray[np.intp]) -> bytes:
    digests = word_digests(words)
    sums, half = np.zeros((len(sizes), 256)), np.zeros((len(sizes), 1))
    ends = np.cumsum(sizes)
    for number, (start, end) in enumerate(zip((ends - sizes).tolist(), ends.tolist(), strict=True)):
        # text by text, so that the unpacked bits (up to four bytes each) stay in the processor's cache;
        # and in blocks of words whose sum is exact
        for first in range(start, end, _EXACT_WORDS):
            block = slice(first, min(first + _EXACT_WORDS, end))
            sums[number] += np.dot(weights[block], np.unpackbits(digests[block], axis=1).astype(np.float32))
            half[number] += weights[block].sum() / 2
    return np.packbits(sums > half, axis=1).tobytes()


def hamming(a: bytes, b: bytes) -> int:
    """Return the number of bits that differ, 0 to 256."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()
