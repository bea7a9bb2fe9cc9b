"""A word of a language goes in, its Zipf frequency comes out (log10 of uses in a billion words), 1 to 8.

The lists of `wordfreq`, kept as sorted hashes and two bytes each: 3 MB for English instead of 60 MB of dictionary. Read
level by level and without the package, whose modules and whole lists of strings cost a worker of four languages 30 MB.
"""

import gzip
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import msgpack
import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.listed import listed

#: Centibels of the wordfreq lists to tenths of the Zipf scale: one use in a billion words is -900 cB and Zipf 0.
_ZIPF_ZERO: Final = 90


class Frequencies(NamedTuple):
    """Hashes of the listed words, ascending, and how rare each is: 0 is every word, 900 one use in a billion words."""

    hashes: "memoryview[int]"
    centibels: "memoryview[int]"

    def rarity(self, word: str) -> int | None:
        """Return the centibels of a case-folded word, None where the list does not hold it."""
        wanted = _hash(word)
        at = bisect_left(self.hashes, wanted)
        if at == len(self.hashes) or self.hashes[at] != wanted:
            return None
        return self.centibels[at]

    def rarities(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the centibels of each case-folded word, -1 where it is unknown: a hundred cost what twenty do."""
        wanted = _hashes(words)
        hashes, centibels = np.frombuffer(self.hashes, np.int64), np.frombuffer(self.centibels, np.uint16)
        if library.loaded is not None:
            return listed(hashes, centibels, wanted)
        at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
        return np.where(hashes[at] == wanted, centibels[at].astype(np.int64), -1)

    def zipfs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the Zipf frequency of each case-folded word in tenths, NaN where the list does not hold it."""
        found = self.rarities(words)
        return np.where(found < 0, np.nan, (_ZIPF_ZERO - found // 10) / 10)


def _hash(word: str) -> int:
    """Return Python's hash, told apart by length: it sees bytes alone, and `kp` and `火` are the same two."""
    return hash(word) ^ len(word)


def _hashes(words: Sequence[str]) -> NDArray[np.int64]:
    """Return the same of many words."""
    sizes = np.fromiter(map(len, words), np.int64, len(words))
    found: NDArray[np.int64] = np.fromiter(map(hash, words), np.int64, len(words)) ^ sizes
    return found


@cache
def frequencies(language: str) -> Frequencies | None:
    """Return the list of ``language``, the large one where there is one; None where `wordfreq` knows none.

    Python's own hashes are enough: the table lives and dies with its process.
    """
    code = "nb" if language == "no" else language
    found = [path for size in ("large", "small") if (path := _folder() / f"{size}_{code}.msgpack.gz").exists()]
    if not found:
        return None
    hashes, sizes = array("q"), []
    for words in _levels(found[0]):
        hashes.extend(map(_hash, words))
        sizes.append(len(words))
    unsorted, centibels = np.frombuffer(hashes, np.int64), np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)
    order = np.argsort(unsorted)  # by NumPy: sorting Python's pairs took seconds and 90 MB
    return Frequencies(unsorted[order].data, centibels[order].data)


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
