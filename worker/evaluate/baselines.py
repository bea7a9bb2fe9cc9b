"""The textbook methods that an evaluation compares with the pipeline in the same run.

Each takes cleaned texts by article id and returns cluster numbers by article id, joined by single link.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import combinations

from worker.errors import CopydeskError
from worker.evaluate.components import connected_components

_WORD = re.compile(r"\w+")
#: Maximum number of differing bits (Manku, Jain and Das Sarma, 2007).
_NEAR_BITS = 3
#: The same for fingerprints of whole words, and the Jaccard similarity of the words that confirms a pair.
_WORD_BITS, _WORD_JACCARD = 12, 0.45
_PERMUTATIONS, _MINHASH_JACCARD = 128, 0.5
_MASK = (1 << 64) - 1

Texts = Mapping[str, str]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shingles(words: list[str]) -> set[str]:
    return {" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 1))}


def _single_link(ids: list[str], pairs: Iterator[tuple[str, str]]) -> dict[str, int]:
    numbers = {article: n for n, article in enumerate(ids)}
    return {article: numbers[first] for article, first in connected_components(ids, pairs).items()}


def _pairs_within(hashes: Mapping[str, int], bits: int, bands: int) -> Iterator[tuple[str, str]]:
    """Yield the pairs at most ``bits`` apart, among those with an equal band (with ``bands`` > ``bits``: all)."""
    width = 64 // bands
    seen: set[tuple[str, str]] = set()
    for band in range(bands):
        buckets: dict[int, list[str]] = {}
        for article, value in hashes.items():
            buckets.setdefault((value >> band * width) & ((1 << width) - 1), []).append(article)
        for members in buckets.values():
            for a, b in combinations(sorted(members), 2):
                if (a, b) not in seen and (hashes[a] ^ hashes[b]).bit_count() <= bits:
                    seen.add((a, b))
                    yield a, b


def simhash_shingles(texts: Texts) -> dict[str, int]:
    """Cluster by 64-bit SimHash of 3-word shingles, up to 3 bits apart."""
    from simhash import Simhash

    hashes = {article: Simhash(sorted(_shingles(_words(text)))).value & _MASK for article, text in texts.items()}
    return _single_link(list(texts), _pairs_within(hashes, _NEAR_BITS, 4))


def simhash_words(texts: Texts) -> dict[str, int]:
    """Cluster by 64-bit SimHash of words, up to 12 bits apart, confirmed by the Jaccard similarity of the words."""
    from simhash import Simhash

    words = {article: set(_words(text)) for article, text in texts.items()}
    hashes = {article: Simhash(sorted(w)).value & _MASK for article, w in words.items()}

    def confirmed() -> Iterator[tuple[str, str]]:
        for a, b in _pairs_within(hashes, _WORD_BITS, 8):
            union = len(words[a] | words[b])
            if union and len(words[a] & words[b]) / union >= _WORD_JACCARD:
                yield a, b

    return _single_link(list(texts), confirmed())


def require_datasketch() -> None:
    """Check for the library that the textbook methods need, before an evaluation that may take hours.

    Raises:
        CopydeskError: the library is not installed.
    """
    if find_spec("datasketch") is None:
        raise CopydeskError("The baseline needs datasketch. Install it with: pip install '.[baseline]'")


def minhash(texts: Texts) -> dict[str, int]:
    """Cluster by MinHash LSH of 3-word shingles: 128 permutations, Jaccard similarity 0.5."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=_MINHASH_JACCARD, num_perm=_PERMUTATIONS)
    sketches = {}
    for article, text in texts.items():
        sketches[article] = sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(_words(text))])
        index.insert(article, sketch)

    def pairs() -> Iterator[tuple[str, str]]:
        for article, sketch in sketches.items():
            for other in index.query(sketch):
                if other != article and sketch.jaccard(sketches[other]) >= _MINHASH_JACCARD:
                    yield article, other

    return _single_link(list(texts), pairs())


BASELINES: Mapping[str, Callable[[Texts], dict[str, int]]] = {
    "SimHash 64 bit, 3-word shingles, k = 3": simhash_shingles,
    "MinHash LSH, 128 permutations, Jaccard .5": minhash,
    "SimHash 64 bit, words, k = 12, Jaccard .45": simhash_words,
}
