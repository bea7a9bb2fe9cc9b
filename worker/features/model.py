"""What features are: the arrays that every comparison of an article reads, and what they are made of."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.totals import FeatureTotals


class Features(NamedTuple):
    """What is compared of one article; "words" are the stems of its content words, as 32-bit hashes."""

    language: str
    #: distinct words, ascending; in their order: capped idf · (1 + log tf), class, Zipf, first place in `running`
    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]
    places: NDArray[np.int32]
    totals: FeatureTotals[float]
    #: distinct 3-grams of all words, ascending; and in their order: the first place among all words
    grams: NDArray[np.uint32]
    gram_places: NDArray[np.int32]
    #: every content word in order, its capped idf, and whether it is a number or capitalised
    content_tokens: NDArray[np.uint32]
    content_token_weights: NDArray[np.float32]
    is_name_or_number: NDArray[np.bool_]
    #: of every content word: which of ``words`` it is, and in which passage it stands (see `told`), from 0
    word_index: NDArray[np.int32]
    passages: NDArray[np.int16]
    #: the weight of each passage, which is that of its words
    passage_weights: NDArray[np.float64]
    #: distinct pairs of names and numbers that stand together in one sentence, ascending
    facts: NDArray[np.uint32]
    #: distinct words of the title, ascending
    title: NDArray[np.uint32]
    #: words of any kind
    tokens: int
    #: 16 bytes over all words in order: equal where only layout, case and punctuation differ
    digest: bytes
    #: where the kernel finds these arrays, and their sums: `worker.kernel.pairs.TEXT`; nothing where NumPy made them
    kernel: bytes = b""


class Source(NamedTuple):
    """What features are made of: a cleaned text, its title, its language."""

    text: str
    title: str | None
    language: str


def digest(hashes: NDArray[np.uint64]) -> bytes:
    """Return 16 bytes over all words of a text in order."""
    return hashlib.blake2b(hashes.data, digest_size=16).digest()
