"""The Zipf frequency of words of a language (log10 of uses in a billion words), 1 to 8.

The lists of `wordfreq` are kept as sorted keys with two bytes each: 3 MB for English instead of 60 MB of dictionary.
They are read level by level without the package, whose modules and lists of strings cost 30 MB with four languages.
"""

import gzip
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import msgpack
import numpy as np
from numpy.typing import NDArray

from worker.features.chunk_keys import FACTORS, join_texts, keys_of
from worker.kernel import library
from worker.kernel.buffers import allocate_separately
from worker.kernel.lookup import SortedList, look_up

#: From centibels of the wordfreq lists to tenths of the Zipf scale: one use in a billion words is -900 cB and Zipf 0.
_ZIPF_ZERO: Final = 90


class Frequencies(NamedTuple):
    """Keys of the listed words, ascending, and their rarity: 0 is every word, 900 one use in a billion words."""

    keys: NDArray[np.uint64]
    centibels: NDArray[np.uint16]
    #: the same for the kernel
    sorted_list: SortedList

    @classmethod
    def of(cls, keys: NDArray[np.uint64], centibels: NDArray[np.uint16]) -> "Frequencies":
        """Return these frequencies, sorted by key."""
        order = np.argsort(keys)  # by NumPy: to sort pairs in Python took seconds and 90 MB
        own_keys, values = allocate_separately(len(keys), np.uint64), allocate_separately(len(keys), np.uint16)
        own_keys[:], values[:] = keys[order], centibels[order]
        return cls(own_keys, values, SortedList.of(own_keys, values))

    def rarities(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the centibels of each case-folded word, -1 if the list does not hold it."""
        if library.loaded is not None:
            return look_up(self.sorted_list, FACTORS, words)
        wanted = _keys(words)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, self.centibels[at].astype(np.int64), -1)

    def zipfs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the Zipf frequency of each case-folded word in steps of 0.1, NaN if the list does not hold it."""
        rarities = self.rarities(words)
        return np.where(rarities < 0, np.nan, zipfs_of(rarities))


def zipfs_of(centibels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Convert centibels to Zipf frequencies, in steps of 0.1."""
    zipfs: NDArray[np.float64] = (_ZIPF_ZERO - centibels // 10) / 10
    return zipfs


def _keys(words: Sequence[str]) -> NDArray[np.uint64]:
    data, offsets = join_texts(words)
    return keys_of(data, offsets[:-1], offsets[1:] - 1)


@cache
def frequencies(language: str) -> Frequencies | None:
    """Return the large list of ``language``, or else the small one; None if `wordfreq` has neither.

    The list has no words, only keys, which are valid within this process.
    """
    code = "nb" if language == "no" else language
    paths = [path for size in ("large", "small") if (path := _folder() / f"{size}_{code}.msgpack.gz").exists()]
    if not paths:
        return None
    levels = [_keys(words) for words in _levels(paths[0])]
    centibels = np.repeat(np.arange(len(levels), dtype=np.uint16), list(map(len, levels)))
    return Frequencies.of(np.concatenate(levels), centibels)


def _folder() -> Path:
    """Return the folder of the lists of `wordfreq`, without importing it."""
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is not installed")
    return Path(spec.origin).parent / "data"


def _levels(path: Path) -> Iterator[list[str]]:
    """Yield the words of each centibel, the most frequent first (the format: `wordfreq.read_cBpack`)."""
    with gzip.open(path) as packed:
        unpacker = msgpack.Unpacker(packed)
        levels = unpacker.read_array_header() - 1
        header = unpacker.unpack()
        if header != {"format": "cB", "version": 1}:
            raise ValueError(f"{path} is not a word list of a known format: {header}")
        for _ in range(levels):
            yield unpacker.unpack()
