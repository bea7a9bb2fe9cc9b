"""Charikar's SimHash with 256 bits over weighted content words: the bits of the `simhash` package."""

from collections.abc import Sequence

from worker.features import Features
from worker.kernel import article as kernel
from worker.kernel.article import ArticleHandle
from worker.reference import fingerprint as reference


def simhashes(features: Sequence[Features]) -> list[bytes]:
    """Return the SimHash of each article, 32 bytes; all zeros for a text without content words."""
    articles = [f.article for f in features]
    return [kernel.simhash(a) if isinstance(a, ArticleHandle) else reference.simhash(a) for a in articles]


def hamming(a: bytes, b: bytes) -> int:
    """Return the number of bits that differ, 0 to 256."""
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()
