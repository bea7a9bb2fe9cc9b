"""Texts go in, where their chunks stand and a 64-bit key of each come out, without a string made of any.

Making 500 strings of an article and looking them up in a dictionary costs 70 µs, for each lies somewhere else in
memory; their bytes stand in a row, and some calls of NumPy make keys of all (24 µs with the look-up in `table`).
"""

import secrets
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.words import Factors

#: Longer chunks are glued text or junk: too few to be taken together.
_LONGEST_TOGETHER: Final = 64
#: Where `str.split` parts beyond ASCII: the UTF-8 of such spaces, two bytes or three, as a number.
_SPACES: Final = [char.encode() for char in map(chr, range(0x80, 0x3001)) if char.isspace()]
_TWO, _THREE = (
    np.array([int.from_bytes(char, "big") for char in _SPACES if len(char) == size], dtype=np.uint32) for size in (2, 3)
)
#: The first bytes of these: C2, and E1 to E3.
_LEAD_OF_TWO, _FIRST_OF_THREE, _LAST_OF_THREE = np.uint8(0xC2), np.uint8(0xE1), np.uint8(0xE3)
#: The lowest bytes of a 64-bit word: none to all eight.
_LOW: Final = np.array([(1 << 8 * size) - 1 for size in range(9)], dtype=np.uint64)
#: Keys live and die with their process; secret factors, so that nobody can write two chunks of the same key.
FACTORS: Final = Factors(*(secrets.randbits(64) | 1 for _ in range(2)))
_FACTOR, _OTHER = np.uint64(FACTORS.factor), np.uint64(FACTORS.other)


class ChunkSpans(NamedTuple):
    """Chunks by where they stand."""

    data: bytes
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    #: never 0; equal for equal chunks only: for those of up to 8 bytes always, for others but for one chance in 2**64
    keys: NDArray[np.uint64]

    def texts(self) -> list[str]:
        """Return the chunks themselves."""
        parts = [self.data[start:end] for start, end in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]
        # made together, at a third of the cost: none has a blank inside, and none is empty
        return b" ".join(parts).decode("utf-8", "surrogatepass").split(" ") if parts else []

    def some(self, which: NDArray[np.intp]) -> "ChunkSpans":
        """Return a choice of them."""
        return ChunkSpans(self.data, self.starts[which], self.ends[which], self.keys[which])


def joined(texts: Iterable[str]) -> tuple[bytes, NDArray[np.intp]]:
    """Return texts in UTF-8, each behind a blank, and where each begins; the last number is one more than the end."""
    parts = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = b" ".join([b"", *parts, b" " * 8])  # a word of 8 bytes may be read from wherever a chunk begins
    return data, np.cumsum([1, *(len(part) + 1 for part in parts)])


def chunks_of(texts: Iterable[str]) -> tuple[ChunkSpans, NDArray[np.intp]]:
    """Return what `str.split` would return of each text, one text after the other, and how many chunks each has."""
    data, begins = joined(texts)
    blank = _blank(np.frombuffer(data, dtype=np.uint8))
    edges = np.flatnonzero(blank[1:] != blank[:-1]) + 1
    starts, ends = edges[::2], edges[1::2]
    return ChunkSpans(data, starts, ends, keys_of(data, starts, ends)), np.diff(np.searchsorted(starts, begins))


def _blank(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which bytes are of spaces as `str.split` takes them."""
    # tab to carriage return, file separator to space: what is below wraps round to large numbers
    blank: NDArray[np.bool_] = (data - np.uint8(0x09) <= 4) | (data - np.uint8(0x1C) <= 4)
    lead = np.flatnonzero((data == _LEAD_OF_TWO) | ((data >= _FIRST_OF_THREE) & (data <= _LAST_OF_THREE)))
    first, second, third = (data[lead + step].astype(np.uint32) for step in range(3))
    two = lead[np.isin(first << 8 | second, _TWO)]
    three = lead[np.isin(first << 16 | second << 8 | third, _THREE)]
    wide = np.concatenate([two, three])
    blank[wide] = blank[wide + 1] = blank[three + 2] = True
    return blank


def keys_of(data: bytes, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.uint64]:
    """Return a key of what stands in each place; behind the last 8 bytes more may be read."""
    words: NDArray[np.uint64] = np.ndarray(len(data) - 7, dtype="<u8", buffer=data, strides=(1,))
    sizes = ends - starts
    keys = _mixed((words[starts] & _LOW[np.minimum(sizes, 8)]) + sizes.astype(np.uint64) * _OTHER)
    longer = np.flatnonzero(sizes > 8)
    for at in range(8, _LONGEST_TOGETHER, 8):
        if not len(longer):
            break
        more = words[starts[longer] + at] & _LOW[np.minimum(sizes[longer] - at, 8)]
        keys[longer] = _mixed(keys[longer] ^ more)
        longer = longer[sizes[longer] > at + 8]
    for number in longer.tolist():
        behind = np.arange(_LONGEST_TOGETHER, sizes[number], 8)
        more = words[starts[number] + behind] & _LOW[np.minimum(sizes[number] - behind, 8)]
        total = _mixed(more + behind.astype(np.uint64) * _OTHER).sum(keepdims=True)
        keys[number] = _mixed(keys[number] ^ total)[0]
    return np.maximum(keys, np.uint64(1))


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64 bits over 64 bits; different words stay different."""
    words = (words ^ (words >> np.uint64(32))) * _FACTOR
    return words ^ (words >> np.uint64(29))
