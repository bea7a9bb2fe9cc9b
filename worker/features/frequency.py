"""The Zipf frequency of words of a language (log10 of uses in a billion words), 1 to 8.

The lists of `wordfreq` are kept as sorted hashes with two bytes each: 3 MB for English instead of 60 MB of dictionary.
They are read level by level without the package, whose modules and lists of strings cost 30 MB with four languages.
"""

import gzip
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgpack
import numpy as np
from numpy.typing import NDArray

from worker.kernel import library
from worker.kernel.language import hash_words
from worker.reference.words import hash_word, zipf_of


class Frequencies(NamedTuple):
    """Hashes of the listed words, ascending, and their rarity: 0 is every word, 900 one use in a billion words."""

    hashes: NDArray[np.uint64]
    centibels: NDArray[np.uint16]

    def rarities(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the centibels of each case-folded word, -1 if the list does not hold it."""
        wanted = _hashes(words)
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        return np.where(self.hashes[at] == wanted, self.centibels[at].astype(np.int64), -1)

    def zipfs(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return the Zipf frequency of each case-folded word in steps of 0.1, NaN if the list does not hold it."""
        rarities = self.rarities(words).tolist()
        return np.array([zipf_of(rarity) if rarity >= 0 else np.nan for rarity in rarities], dtype=np.float64)

    def rarity(self, word: str) -> int:
        """Return the centibels of a case-folded word, -1 if the list does not hold it."""
        return int(self.rarities([word])[0])


@cache
def frequencies(language: str) -> Frequencies | None:
    """Return the large list of ``language``, or else the small one; None if `wordfreq` has neither."""
    code = "nb" if language == "no" else language
    paths = [path for size in ("large", "small") if (path := _folder() / f"{size}_{code}.msgpack.gz").exists()]
    if not paths:
        return None
    levels = [_hashes(words) for words in _levels(paths[0])]
    hashes = np.concatenate(levels)
    centibels = np.repeat(np.arange(len(levels), dtype=np.uint16), list(map(len, levels)))
    order = np.argsort(hashes)
    return Frequencies(hashes[order], centibels[order])


def _hashes(words: Sequence[str]) -> NDArray[np.uint64]:
    if library.loaded is None:
        return np.array([hash_word(word) for word in words], dtype=np.uint64)
    return np.array(hash_words(words), dtype=np.uint64)


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
