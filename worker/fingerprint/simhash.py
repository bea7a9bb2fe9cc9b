"""Charikar's SimHash with 256 bits over weighted content words."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features import Features
from worker.kernel import library
from worker.kernel import prints as kernel

#: The weights of so many words have a sum that 32 bits of a float hold exactly.
_EXACT: Final = 4_096


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
