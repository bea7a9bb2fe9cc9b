"""The textbook methods, to be measured beside ours in the same run: texts go in, clusters come out.

Each joins by single link, as ours does. None of them sees the cleaning undone: they get the cleaned texts.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import combinations

from worker.errors import CopydeskError

_WORD = re.compile(r"\w+")
#: Bits that differ at the most (Manku, Jain and Das Sarma, 2007).
_NEAR_BITS = 3
#: The same of whole-word fingerprints, with the Jaccard of words that confirms a pair.
_WORD_BITS, _WORD_JACCARD = 12, 0.45
_PERMUTATIONS, _MINHASH_JACCARD = 128, 0.5
_MASK = (1 << 64) - 1

Texts = Mapping[str, str]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shingles(words: list[str]) -> set[str]:
    return {" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, 1))}


def _linked(ids: list[str], pairs: Iterator[tuple[str, str]]) -> dict[str, int]:
    """Return the connected components of ``pairs``."""
    parent = {one: one for one in ids}

    def root(one: str) -> str:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for a, b in pairs:
        parent[root(a)] = root(b)
    numbers = {one: n for n, one in enumerate(ids)}
    return {one: numbers[root(one)] for one in ids}


def _within(hashes: Mapping[str, int], bits: int, bands: int) -> Iterator[tuple[str, str]]:
    """Yield the pairs at most ``bits`` apart; one of ``bands`` of their bits must be equal (pigeonhole)."""
    width = 64 // bands
    seen: set[tuple[str, str]] = set()
    for band in range(bands):
        buckets: dict[int, list[str]] = {}
        for one, value in hashes.items():
            buckets.setdefault((value >> band * width) & ((1 << width) - 1), []).append(one)
        for members in buckets.values():
            for a, b in combinations(sorted(members), 2):
                if (a, b) not in seen and (hashes[a] ^ hashes[b]).bit_count() <= bits:
                    seen.add((a, b))
                    yield a, b


def simhash_shingles(texts: Texts) -> dict[str, int]:
    """64-bit SimHash of 3-word shingles, joined up to 3 bits apart."""
    from simhash import Simhash

    hashes = {one: Simhash(sorted(_shingles(_words(text)))).value & _MASK for one, text in texts.items()}
    return _linked(list(texts), _within(hashes, _NEAR_BITS, 4))


def simhash_words(texts: Texts) -> dict[str, int]:
    """64-bit SimHash of words, up to 12 bits apart, confirmed by the Jaccard of the words."""
    from simhash import Simhash

    words = {one: set(_words(text)) for one, text in texts.items()}
    hashes = {one: Simhash(sorted(w)).value & _MASK for one, w in words.items()}

    def confirmed() -> Iterator[tuple[str, str]]:
        for a, b in _within(hashes, _WORD_BITS, 8):
            union = len(words[a] | words[b])
            if union and len(words[a] & words[b]) / union >= _WORD_JACCARD:
                yield a, b

    return _linked(list(texts), confirmed())


def must_be_installed() -> None:
    """Look for what the textbook methods need, before the hours that measuring may take.

    Raises:
        CopydeskError: it is not installed.
    """
    if find_spec("datasketch") is None:
        raise CopydeskError("The baseline needs datasketch. Install it with: pip install 'copydesk[baseline]'")


def minhash(texts: Texts) -> dict[str, int]:
    """MinHash LSH of 3-word shingles: 128 permutations, Jaccard 0.5."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=_MINHASH_JACCARD, num_perm=_PERMUTATIONS)
    sketches = {}
    for one, text in texts.items():
        sketches[one] = sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in _shingles(_words(text))])
        index.insert(one, sketch)

    def pairs() -> Iterator[tuple[str, str]]:
        for one, sketch in sketches.items():
            for other in index.query(sketch):
                if other != one and sketch.jaccard(sketches[other]) >= _MINHASH_JACCARD:
                    yield one, other

    return _linked(list(texts), pairs())


BASELINES: Mapping[str, Callable[[Texts], dict[str, int]]] = {
    "SimHash 64 bit, 3-word shingles, k = 3": simhash_shingles,
    "MinHash LSH, 128 permutations, Jaccard .5": minhash,
    "SimHash 64 bit, words, k = 12, Jaccard .45": simhash_words,
}
