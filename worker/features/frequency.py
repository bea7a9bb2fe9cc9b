"""A word of a language goes in, its Zipf frequency comes out (log10 of uses in a billion words), 1 to 8.

The lists of `wordfreq`, kept as sorted keys and two bytes each: 3 MB for English instead of 60 MB of dictionary. Read
level by level and without the package, whose modules and whole lists of strings cost a worker of four languages 30 MB.
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

from worker.features.chunk_cache import FACTORS, joined, keys_of
from worker.kernel import library
from worker.kernel.listed import List, listed
from worker.kernel.room import allocate_separately

#: Centibels of the wordfreq lists to tenths of the Zipf scale: one use in a billion words is -900 cB and Zipf 0.
_ZIPF_ZERO: Final = 90


class Frequencies(NamedTuple):
    """Keys of the listed words, ascending, and how rare each is: 0 is every word, 900 one use in a billion words."""

    keys: NDArray[np.uint64]
    centibels: NDArray[np.uint16]
    #: the same to the kernel
    listed: List

    @classmethod
    def of(cls, keys: NDArray[np.uint64], centibels: NDArray[np.uint16]) -> "Frequencies":
        """Return these frequencies, ordered by key."""
        order = np.argsort(keys)  # by NumPy: sorting Python's pairs took seconds and 90 MB
        kept, beside = allocate_separately(len(keys), np.uint64), allocate_separately(len(keys), np.uint16)
        kept[:], beside[:] = keys[order], centibels[order]
        return cls(kept, beside, List.of(kept, beside))

    def rarities(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the centibels of each case-folded word, -1 where it is unknown."""
        if library.loaded is not None:
            return listed(self.listed, FACTORS, words)
        wanted = _keys(words)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[at] == wanted, self.centibels[at].astype(np.int64), -1)

    def zipfs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the Zipf frequency of each case-folded word in tenths, NaN where the list does not hold it."""
        found = self.rarities(words)
        return np.where(found < 0, np.nan, zipfs_of(found))


def zipfs_of(centibels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the Zipf frequencies of so many centibels, in tenths."""
    zipfs: NDArray[np.float64] = (_ZIPF_ZERO - centibels // 10) / 10
    return zipfs


def _keys(words: Sequence[str]) -> NDArray[np.uint64]:
    data, begins = joined(words)
    return keys_of(data, begins[:-1], begins[1:] - 1)


@cache
def frequencies(language: str) -> Frequencies | None:
    """Return the list of ``language``, the large one where there is one; None where `wordfreq` knows none.

    Keys are enough: the table lives and dies with its process.
    """
    code = "nb" if language == "no" else language
    found = [path for size in ("large", "small") if (path := _folder() / f"{size}_{code}.msgpack.gz").exists()]
    if not found:
        return None
    levels = [_keys(words) for words in _levels(found[0])]
    centibels = np.repeat(np.arange(len(levels), dtype=np.uint16), list(map(len, levels)))
    return Frequencies.of(np.concatenate(levels), centibels)


def _folder() -> Path:
    """Return where `wordfreq` keeps its lists, without importing it."""
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
            raise ValueError(f"{path} is no word list of a known format: {header}")
        for _ in range(levels):
            yield unpacker.unpack()
