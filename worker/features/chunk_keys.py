"""Split texts into chunks, as `str.split` does, and compute a 64-bit key of each chunk without creating strings.

To create the 500 strings of an article and look them up in a dictionary costs 70 µs, since they are scattered in
memory. Their bytes are contiguous: a few NumPy calls compute all keys (24 µs with the look-up in `hash_table`).
"""

import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.chunk_lookup import Factors

#: The bytes of a chunk that are processed for all chunks at once; longer ones are glued text or junk, and few.
_BLOCK_BYTES: Final = 64
#: The non-ASCII characters at which `str.split` splits, in UTF-8: two or three bytes, as a number.
_SPACES: Final = [char.encode() for char in map(chr, range(0x80, 0x3001)) if char.isspace()]
_TWO, _THREE = (
    np.array([int.from_bytes(char, "big") for char in _SPACES if len(char) == size], dtype=np.uint32) for size in (2, 3)
)
#: Their first bytes: C2, and E1 to E3.
_LEAD_OF_TWO, _FIRST_OF_THREE, _LAST_OF_THREE = np.uint8(0xC2), np.uint8(0xE1), np.uint8(0xE3)
#: Masks of the lowest bytes of a 64-bit word: none to all eight.
_LOW_BYTES: Final = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)
#: Keys are valid within one process only; the factors are secret, so that nobody can construct a collision.
FACTORS: Final = Factors(*(secrets.randbits(64) | 1 for _ in range(2)))
_FACTOR, _OTHER = np.uint64(FACTORS.factor), np.uint64(FACTORS.other)


class ChunkSpans(NamedTuple):
    """Chunks as byte ranges of ``data``."""

    data: bytes
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    #: never 0; different chunks have different keys: up to 8 bytes always, longer ones but for one chance in 2**64
    keys: NDArray[np.uint64]

    def texts(self) -> list[str]:
        """Return the chunks as strings."""
        parts = [self.data[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        # decoded together, at a third of the cost: no chunk contains a blank, and none is empty
        return b" ".join(parts).decode("utf-8", "surrogatepass").split(" ") if parts else []

    def select(self, indices: NDArray[np.intp]) -> "ChunkSpans":
        """Return the chunks at these indices."""
        return ChunkSpans(self.data, self.starts[indices], self.ends[indices], self.keys[indices])


def join_texts(texts: Iterable[str]) -> tuple[bytes, NDArray[np.intp]]:
    """Return the texts in UTF-8, each after a blank, and the offset of each; the last one is 1 past the end."""
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = b" ".join([b"", *parts, b" " * 8])  # 8 bytes may be read from the start of any chunk
    return data, np.cumsum([1, *(len(part) + 1 for part in parts)])


def split_chunks(texts: Iterable[str]) -> tuple[ChunkSpans, NDArray[np.intp]]:
    """Return the chunks that `str.split` would return, one text after the other, and their number for each text."""
    data, offsets = join_texts(texts)
    space = _space_mask(np.frombuffer(data, dtype=np.uint8))
    edges = np.flatnonzero(space[1:] != space[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    return ChunkSpans(data, starts, ends, keys_of(data, starts, ends)), np.diff(np.searchsorted(starts, offsets))


def _space_mask(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return which bytes belong to a space, as `str.split` defines it."""
    # tab to carriage return, file separator to space: lower bytes wrap around to large numbers
    space: NDArray[np.bool_] = (data - np.uint8(0x09) <= 4) | (data - np.uint8(0x1C) <= 4)
    lead = np.flatnonzero((data == _LEAD_OF_TWO) | ((data >= _FIRST_OF_THREE) & (data <= _LAST_OF_THREE)))
    first, second, third = (data[lead + step].astype(np.uint32) for step in range(3))
    two = lead[np.isin(first << 8 | second, _TWO)]
    three = lead[np.isin(first << 16 | second << 8 | third, _THREE)]
    wide = np.concatenate([two, three])
    space[wide] = space[wide + 1] = space[three + 2] = True
    return space


def keys_of(data: bytes, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Return the key of each byte range; 8 bytes after the last range must be readable."""
    words: NDArray[np.uint64] = np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))
    sizes = ends - starts
    keys = _mix((words[starts] & _LOW_BYTES[np.minimum(sizes, 8)]) + sizes.astype(np.uint64) * _OTHER)
    longer = np.flatnonzero(sizes > 8)
    for at in range(8, _BLOCK_BYTES, 8):
        if not len(longer):
            break
        tail = words[starts[longer] + at] & _LOW_BYTES[np.minimum(sizes[longer] - at, 8)]
        keys[longer] = _mix(keys[longer] ^ tail)
        longer = longer[sizes[longer] > at + 8]
    for index in longer.tolist():
        positions = np.arange(_BLOCK_BYTES, sizes[index], 8)
        tail = words[starts[index] + positions] & _LOW_BYTES[np.minimum(sizes[index] - positions, 8)]
        total = _mix(tail + positions.astype(np.uint64) * _OTHER).sum(keepdims=True)
        keys[index] = _mix(keys[index] ^ total)[0]
    return np.maximum(keys, np.uint64(1))


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits of 64-bit words; different words stay different."""
    words = (words ^ (words >> np.uint64(32))) * _FACTOR
    return words ^ (words >> np.uint64(29))
