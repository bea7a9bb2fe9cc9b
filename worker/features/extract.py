"""Text and title go in, `Features` come out: hashes, weights and places of words as NumPy arrays of a few KB.

A stored article's features are made again from its cleaned text (about 0.1 ms), so nothing of this is kept on disk.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.lexicon import CAPITAL, CONTENT, NUMBER, STOP_MARK, Lexicon, lexicon
from worker.features.tokens import tokens

Hashes = NDArray[np.uint64]

#: Content words that count as the lead: the first paragraph or two of a dispatch.
LEAD_WORDS: Final = 40
#: Odd constants of xxHash, which mix neighbouring word hashes into one.
_MIX_1: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_3: Final = np.uint64(0x165667B19E3779F9)


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared of one article. Hash arrays are sorted and unique unless said otherwise.

    ``words`` content words · ``weights`` their (1 + log tf) · idf, in the order of ``words`` · ``places`` the first place
    of each among the content words · ``grams`` 3-grams of all words (32 bit) · ``pairs`` neighbouring content words
    (32 bit) · ``names`` capitalised inside a sentence · ``numbers`` · ``title`` and ``lead`` content words ·
    ``size`` running content words · ``tokens`` running words · ``digest`` 16 bytes over all words in order.
    """

    language: str
    words: Hashes
    weights: NDArray[np.float32]
    places: NDArray[np.uint32]
    grams: NDArray[np.uint32]
    pairs: NDArray[np.uint32]
    names: Hashes
    numbers: Hashes
    title: Hashes
    lead: Hashes
    size: int
    tokens: int
    digest: bytes


def features(text: str, title: str | None, language: str) -> Features:
    """Tokenise ``title`` and ``text`` once and return what fingerprint, sketch and evidence need; empty text is allowed."""
    book = lexicon(language)
    head = book.rows(tokens(title, language)) if title else np.empty(0, dtype=np.intp)
    body = book.rows(tokens(text, language))
    rows = np.concatenate([head, body])
    rows = rows[book.kinds[rows] & STOP_MARK == 0]
    hashes = book.hashes[rows]
    kinds = book.kinds[rows]
    content = np.flatnonzero(kinds & CONTENT)
    running = hashes[content]
    words, first, counts = np.unique(running, return_index=True, return_counts=True)
    weights = (book.weights[rows[content[first]]] * (1.0 + np.log(counts))).astype(np.float32)
    return Features(
        language=language,
        words=words,
        weights=weights,
        places=first.astype(np.uint32),
        grams=_mixed(hashes, 3),
        pairs=_mixed(running, 2),
        names=_names(book, body if len(body) else head),
        numbers=np.unique(hashes[kinds & NUMBER != 0]),
        title=np.unique(book.hashes[head[book.kinds[head] & CONTENT != 0]]),
        lead=np.unique(running[:LEAD_WORDS]),
        size=len(running),
        tokens=len(rows),
        digest=hashlib.blake2b(hashes.tobytes(), digest_size=16).digest(),
    )


def _mixed(hashes: Hashes, span: int) -> NDArray[np.uint32]:
    """Return the unique 32-bit hashes of each run of ``span`` neighbours, in order of words; of the whole if shorter."""
    if len(hashes) < span:
        hashes = np.concatenate([hashes, np.zeros(span - len(hashes), dtype=np.uint64)]) if len(hashes) else hashes
    last = len(hashes) - span + 1
    if last < 1:
        return np.empty(0, dtype=np.uint32)
    mixed = hashes[:last] * _MIX_1
    for step, factor in zip(range(1, span), (_MIX_2, _MIX_3), strict=False):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[step : last + step] * factor
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX_2
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))


def _names(book: Lexicon, rows: NDArray[np.intp]) -> Hashes:
    """Return the content words that stand capitalised somewhere not at the start of a sentence."""
    kinds = book.kinds[rows]
    inside = np.empty(len(rows), dtype=bool)
    inside[:1] = False
    inside[1:] = kinds[:-1] & STOP_MARK == 0
    named = inside & (kinds & (CAPITAL | CONTENT) == CAPITAL | CONTENT)
    return np.unique(book.hashes[rows[named]])
