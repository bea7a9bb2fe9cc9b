"""The SimHash of an article, by the `simhash` package, and its sketch of sampled keys."""

from typing import Final

from worker.reference.article import FIGURE, ArticleFeatures, pair_key

#: Sampled pairs of neighbouring content words: a share of them, at least and at most this many.
_PAIRS: Final = (1 / 20, 16, 40)
#: The same for pairs of salient names and numbers at distance 1 and 2, which survive a rewrite.
_NAME_PAIRS: Final = (1 / 10, 14, 32)
#: Single words rarer than one in a million (Zipf 3). With these four keys all of 96 rewrites find their story (two did
#: not), and one more of 309 scans, whose pairs of words all have OCR errors.
_RARE_WORDS: Final = (1, 4, 4)
_RARE_ZIPF: Final = 3.0
#: An odd factor: it ranks keys by mixed bits instead of their value.
_SCATTER: Final = 0x9E3779B1
_LOW_32, _LOW_64 = (1 << 32) - 1, (1 << 64) - 1


def simhash(article: ArticleFeatures) -> bytes:
    """Return Charikar's SimHash with 256 bits; all zeros if there are no content words.

    Weights are rounded to 16ths, so that their sums are exact in any order.
    """
    from simhash import Simhash

    if not article.words:
        return bytes(32)
    bits = {str(stem): expand(stem) for stem in article.words}
    weighted = [(str(stem), float(round(word.weight * 16))) for stem, word in article.words.items()]
    computed = Simhash(weighted, f=256, hashfunc=lambda name: bits.get(name.decode(), bytes(32)))
    return int(computed.value or 0).to_bytes(32, "big")


def expand(stem: int) -> bytes:
    """Expand a word's hash to 32 bytes (splitmix64, four steps)."""
    parts = []
    for step in range(1, 5):
        z = stem + step * 0x9E3779B97F4A7C15 & _LOW_64
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _LOW_64
        z = (z ^ z >> 27) * 0x94D049BB133111EB & _LOW_64
        parts.append((z ^ z >> 31).to_bytes(8, "little"))
    return b"".join(parts)


def sketch(article: ArticleFeatures) -> list[int]:
    """Return the sampled keys, signed and ascending: pairs of words, pairs of names or numbers, rare words.

    Of each kind the keys with the smallest ranks are sampled (Broder's bottom-k), so that a short and a long version
    sample the same keys. The only key of a text of one word is that word.
    """
    words = [token.stem for token in article.content]
    salient = [token.stem for token in article.content if token.salient]
    rare = [stem for stem, word in article.words.items() if word.zipf < _RARE_ZIPF and word.kind != FIGURE]
    keys = _sample(_pairs(words, 1), len(words), *_PAIRS)
    keys |= _sample(_pairs(salient, 1) | _pairs(salient, 2), len(salient), *_NAME_PAIRS)
    keys |= _sample(set(rare), len(rare), *_RARE_WORDS)
    return sorted(key - (key >> 31 << 32) for key in keys or list(article.words)[:1])


def _pairs(words: list[int], step: int) -> set[int]:
    return {pair_key(a, b) for a, b in zip(words, words[step:], strict=False) if a != b}


def _sample(keys: set[int], words: int, share: float, fewest: int, most: int) -> set[int]:
    size = min(max(int(words * share), fewest), most)
    return set(sorted(keys, key=lambda key: key * _SCATTER & _LOW_32)[:size])
