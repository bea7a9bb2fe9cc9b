"""The types `Features`, the arrays that every comparison of an article reads, and `Source`, their input."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.features.totals import FeatureTotals


class Features(NamedTuple):
    """What is compared of one article; "words" are the stems of content words, as 32-bit hashes."""

    language: str
    #: distinct words, ascending; in their order: capped idf · (1 + log tf), class, Zipf, first place in content_tokens
    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]
    places: NDArray[np.int32]
    totals: FeatureTotals[float]
    #: distinct 3-grams of all words, ascending; in their order: the first place among all words
    grams: NDArray[np.uint32]
    gram_places: NDArray[np.int32]
    #: every content word in order, its capped idf, and whether it is a number or capitalised
    content_tokens: NDArray[np.uint32]
    content_token_weights: NDArray[np.float32]
    is_name_or_number: NDArray[np.bool_]
    #: of every content word: its index in ``words``, and the number of its passage (see `passages`), from 0
    word_index: NDArray[np.int32]
    passages: NDArray[np.int16]
    #: the weight of each passage: the sum over its words
    passage_weights: NDArray[np.float64]
    #: distinct pairs of names and numbers that are close together in one sentence, ascending
    facts: NDArray[np.uint32]
    #: distinct words of the title, ascending
    title: NDArray[np.uint32]
    #: number of words of any kind
    tokens: int
    #: 16-byte hash of all words in order: equal if only layout, case and punctuation differ
    digest: bytes
    #: the addresses of these arrays for the kernel, `worker.kernel.pairs.ARTICLE`; empty if NumPy computed them
    kernel: bytes = b""


class Source(NamedTuple):
    """The input of features: a cleaned text, its title, its language."""

    text: str
    title: str | None
    language: str


def digest(hashes: NDArray[np.uint64]) -> bytes:
    """Return a 16-byte hash of all words of a text in order."""
    return hashlib.blake2b(hashes.data, digest_size=16).digest()
