"""Text and title go in, `Features` come out: hashes, weights and places of words as NumPy arrays, about 12 KB for 3 KB.

A stored article's features are made again from its cleaned text, so nothing of this is kept on disk.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.lexicon import CAPITAL, CONTENT, ENDS, NUMBER, lexicon

#: Content words that count as the lead: the first paragraph or two of a dispatch.
LEAD_WORDS: Final = 40
#: Words that are frequent in the language (above Zipf 5: `Monday`, `Britain`) name nothing by themselves.
TELLING: Final = 2.0
#: Names and numbers of one sentence are a fact when at most so many steps apart among themselves.
_FACT_STEPS: Final = 4
#: A passage to be found again has at least about so many content words; a text is cut into no more passages than this.
_SHORT_PASSAGE: Final = 5
MOST_PASSAGES: Final = 48
#: Classes of content word in `Features.classes`.
LOWER: Final = 0
NAME: Final = 1
FIGURE: Final = 2

_MIX_1: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_3: Final = np.uint64(0x165667B19E3779F9)


@dataclass(frozen=True, slots=True)
class Features:
    """What is compared of one article; "words" are the stems of its content words, as 32-bit hashes."""

    language: str
    #: distinct words, ascending; in their order: capped idf · (1 + log tf), class, Zipf, first place in `running`
    words: NDArray[np.uint32]
    weights: NDArray[np.float32]
    classes: NDArray[np.uint8]
    zipfs: NDArray[np.float32]
    places: NDArray[np.int32]
    #: distinct 3-grams of all words, ascending; and in their order: the first place among all words
    grams: NDArray[np.uint32]
    gram_places: NDArray[np.int32]
    #: every content word in order, its capped idf, and whether it is a number or capitalised
    running: NDArray[np.uint32]
    running_weights: NDArray[np.float32]
    running_marked: NDArray[np.bool_]
    #: of every content word: which of ``words`` it is, and in which passage it stands (see `_passages`), from 0
    which: NDArray[np.intp]
    passages: NDArray[np.intp]
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


def features(text: str, title: str | None, language: str) -> Features:
    """Tokenise ``title`` and ``text`` once and return what fingerprint, sketch and evidence need; may be empty."""
    book = lexicon(language)
    book.tidy()
    head, body = book.rows(title or ""), book.rows(text)
    rows = np.concatenate([head, body]) if len(head) else body
    hashes, kinds = book.columns.hashes[rows], book.columns.kinds[rows]
    content = np.flatnonzero(kinds & CONTENT)
    content_rows = rows[content]
    running, running_kinds = book.columns.stems[content_rows], kinds[content]
    idf = book.columns.weights[content_rows]
    words, places, which, counts = np.unique(running, return_index=True, return_inverse=True, return_counts=True)
    marked = running_kinds & (CAPITAL | NUMBER) != 0
    sentences = (np.cumsum(kinds & ENDS != 0) - (kinds & ENDS != 0))[content]
    passages = _passages(sentences)
    spoken = hashes[hashes != 0]
    grams, gram_places = _grams(spoken)
    return Features(
        language=language,
        words=words,
        weights=idf[places] * (1.0 + np.log(counts, dtype=np.float32)),
        classes=_classes(words, running[_named(kinds, content, len(head) if len(body) else 0)], running_kinds[places]),
        zipfs=book.columns.zipfs[content_rows[places]],
        places=places.astype(np.int32),
        grams=grams,
        gram_places=gram_places,
        running=running,
        running_weights=idf,
        running_marked=marked,
        which=which,
        passages=passages,
        passage_weights=np.bincount(passages, idf).astype(np.float64),
        facts=_facts(running, sentences, marked & (idf >= TELLING)),
        title=np.unique(book.columns.stems[head[book.columns.kinds[head] & CONTENT != 0]]),
        tokens=len(spoken),
        digest=hashlib.blake2b(spoken.tobytes(), digest_size=16).digest(),
    )


def _passages(sentences: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the passage of each content word: a sentence, or short ones together, `MOST_PASSAGES` at the most."""
    if not len(sentences):
        return sentences
    starts = np.flatnonzero(np.diff(sentences, prepend=-1))
    length = max(_SHORT_PASSAGE, -(-len(sentences) // MOST_PASSAGES))
    opens = np.zeros(len(sentences), dtype=np.intp)
    opens[starts[np.flatnonzero(np.diff(starts // length, prepend=0))]] = 1
    return np.cumsum(opens)


def _facts(running: NDArray[np.uint32], sentences: NDArray[np.intp], telling: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Return the keys of telling words that follow each other within a sentence, up to `_FACT_STEPS` apart."""
    words, sentence = running[telling], sentences[telling]
    pairs = [
        pair_keys(words[:-step][inside], words[step:][inside])
        for step in range(1, min(_FACT_STEPS, len(words) - 1) + 1)
        if len(inside := np.flatnonzero(sentence[:-step] == sentence[step:]))
    ]
    return np.unique(np.concatenate(pairs)) if pairs else np.empty(0, dtype=np.uint32)


def pair_keys(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return a key for each two words, the same in either order; a word beside itself gives none."""
    a, b = one.astype(np.uint64), other.astype(np.uint64)
    mixed = (a + b) * _MIX_1 + (a ^ b) * _MIX_2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_2
    keys: NDArray[np.uint32] = (mixed >> np.uint64(32)).astype(np.uint32)[a != b]
    return keys


def _named(kinds: NDArray[np.uint8], content: NDArray[np.intp], head: int) -> NDArray[np.bool_]:
    """Tell which content words stand capitalised not at the start of a sentence, nor among the ``head`` first words."""
    inside = np.zeros(len(kinds), dtype=bool)
    inside[1:] = kinds[:-1] & ENDS == 0
    inside[: head + 1] = False
    named: NDArray[np.bool_] = inside[content] & (kinds[content] & CAPITAL != 0)
    return named


def _classes(words: NDArray[np.uint32], named: NDArray[np.uint32], kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    classes = np.full(len(words), LOWER, dtype=np.uint8)
    classes[np.searchsorted(words, named)] = NAME
    classes[kinds & NUMBER != 0] = FIGURE
    return classes


def _grams(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the distinct 32-bit hashes of three words in a row, ascending, and the first place of each."""
    if len(hashes) < 3:
        hashes = np.concatenate([hashes, np.zeros(3 - len(hashes), dtype=np.uint64)]) if len(hashes) else hashes
    mixed = hashes[:-2] * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[1:-1] * _MIX_2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[2:] * _MIX_3
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX_2
    grams, places = np.unique((mixed >> np.uint64(32)).astype(np.uint32), return_index=True)
    return grams, places.astype(np.int32)
