"""Texts and titles go in, `Features` come out: hashes, weights and places of words, about 12 KB for 3 KB of text.

Texts are taken many at a time: their words stand in one array, and what is sorted bears the number of its text in its
high bits, so that a batch costs a few calls of NumPy, not some dozens a text. A stored article's features are made
again from its cleaned text, so nothing of this is kept on disk.
"""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features.compiled import by_kernel
from worker.features.lexicon import by_language, lexicon
from worker.features.model import Features, Source, digest
from worker.features.passages import TELLING, facts, passages
from worker.features.segments import PLACE, Segments, hashes_of
from worker.features.totals import FIGURE, LOWER, NAME, totals
from worker.features.word_table import CAPITAL, CONTENT, ENDS, NUMBER, WordTable
from worker.kernel import library

#: Texts taken together: a usual batch, few enough for their numbers (8 bits) and for the processor's cache.
_TOGETHER: Final = 128

#: The pages' threads share the lexicons, and the kernel reads their arrays without Python's own lock.
_ONE_AT_A_TIME: Final = Lock()

_MIX_1: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_3: Final = np.uint64(0x165667B19E3779F9)


def features(text: str, title: str | None, language: str) -> Features:
    """Tokenise ``title`` and ``text`` once and return what fingerprint, sketch and evidence need; may be empty."""
    return features_of([Source(text, title, language)])[0]


def features_of(sources: Sequence[Source]) -> list[Features]:
    """Return the features of many texts, in their order; each is the same as alone."""
    together = _together if library.loaded is None else by_kernel
    order = sorted(range(len(sources)), key=lambda number: sources[number].language)
    found: dict[int, Features] = {}
    for start in range(0, len(order), _TOGETHER):
        some = order[start : start + _TOGETHER]
        with _ONE_AT_A_TIME:
            found |= zip(some, together([sources[number] for number in some]), strict=True)
    return [found[number] for number in range(len(sources))]


def _words_by_language(sources: Sequence[Source]) -> tuple[WordTable, NDArray[np.intp]]:
    """Return all running words, and how many each title and each text has; ``sources`` stand by language."""
    known, sizes = zip(*(lexicon(language).words(some) for language, some in by_language(sources)), strict=True)
    return WordTable._make(map(np.concatenate, zip(*known, strict=True))), np.concatenate(sizes)


def _together(sources: Sequence[Source]) -> list[Features]:
    known, sizes = _words_by_language(sources)
    heads, bodies = sizes[::2], sizes[1::2]
    everything = Segments.of(np.repeat(np.arange(len(sources), dtype=np.uint64), heads + bodies), len(sources))
    kinds = known.kinds
    content, spoken = np.flatnonzero(kinds & CONTENT), np.flatnonzero(known.hashes)
    inner = WordTable._make(column[content] for column in known)
    running = Segments.of(everything.owner[content], len(sources))
    said = Segments.of(everything.owner[spoken], len(sources))
    hashes = known.hashes[spoken]
    # a title capitalises everything: its words are names only where there is no text
    named = _named(kinds, everything, np.where(bodies > 0, heads, 0))[content]
    in_title = everything.places[content] < heads[running.owner]
    stems, idf = inner.stems, inner.weights
    marked = inner.kinds & (CAPITAL | NUMBER) != 0
    # a text's end is a sentence's, and the number of a sentence is its text's alone
    ends = kinds & ENDS != 0
    sentences = (np.cumsum(ends) - ends)[content] + running.owner.astype(np.intp)
    telling = np.flatnonzero(marked & (idf >= TELLING))
    words, which = _words(running, inner, named)
    parts: Iterator[Any] = zip(
        sources,
        words,
        _grams(said, hashes),
        running.split(stems, idf, marked, which),
        _passages(running, sentences, idf),
        facts(len(sources), running.owner[telling], stems[telling], sentences[telling]),
        _titles(running, stems, in_title),
        said.split(hashes),
        strict=True,
    )
    fields: Iterator[list[Any]] = (
        [source.language, *distinct, *grams, *inside, *told, fact, *title, len(all_words), digest(all_words)]
        for source, distinct, grams, inside, told, fact, title, (all_words,) in parts
    )
    return [Features(*values) for values in fields]


def _words(
    running: Segments, known: WordTable, named: NDArray[np.bool_]
) -> tuple[list[tuple[Any, ...]], NDArray[np.int32]]:
    """Return for each text its distinct words, their weights, classes, Zipf frequencies, first places, and totals.

    And of each running word which of its text's distinct ones it is.
    """
    found, items, first = running.ranked(known.stems)
    counts = np.diff(first, append=len(items))
    heads = items[first]
    at = running.at(heads)
    stands = running.at(items)
    classes = np.full(len(first), LOWER, dtype=np.uint8)
    if len(first):
        classes[np.logical_or.reduceat(named[stands], first)] = NAME
    classes[known.kinds[at] & NUMBER != 0] = FIGURE
    weights = known.weights[at] * (1.0 + np.log(counts, dtype=np.float32))
    zipfs, places = known.zipfs[at], (heads & PLACE).astype(np.int32)
    parts = found.split(hashes_of(heads), weights, classes, zipfs, places)
    sums = totals(found.owner.astype(np.intp), len(found.bounds) - 1, weights, classes, zipfs, places)
    which = np.empty(len(items), dtype=np.int32)
    which[stands] = np.repeat(found.places, counts)
    return [(*part, of_text) for part, of_text in zip(parts, sums, strict=True)], which


def _passages(
    running: Segments, sentences: NDArray[np.intp], idf: NDArray[np.float32]
) -> list[tuple[NDArray[Any], ...]]:
    """Return for each text the passage of each content word, and the weights of its passages."""
    sizes = np.diff(running.bounds)
    found = passages(running.owner, running.places, sizes, sentences)
    last = np.full(len(sizes), -1, dtype=np.intp)
    last[sizes > 0] = found[running.bounds[1:][sizes > 0] - 1]
    begin = np.cumsum(last + 1) - (last + 1)
    weights = np.bincount(found + begin[running.owner], idf, int((last + 1).sum())).astype(np.float64, copy=False)
    parts = running.split(found.astype(np.int16))
    return [
        (part, weights[start : start + count])
        for (part,), start, count in zip(parts, begin.tolist(), (last + 1).tolist(), strict=True)
    ]


def _named(kinds: NDArray[np.uint8], words: Segments, heads: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which words stand capitalised not at the start of a sentence, nor among the ``heads`` first of a text."""
    inside = np.zeros(len(kinds), dtype=bool)
    inside[1:] = kinds[:-1] & ENDS == 0
    named: NDArray[np.bool_] = inside & (words.places > heads[words.owner]) & (kinds & CAPITAL != 0)
    return named


def _titles(
    running: Segments, stems: NDArray[np.uint32], in_title: NDArray[np.bool_]
) -> list[tuple[NDArray[Any], ...]]:
    found, items, first = Segments.of(running.owner[in_title], len(running.bounds) - 1).ranked(stems[in_title])
    return found.split(hashes_of(items[first]))


def _grams(said: Segments, hashes: NDArray[np.uint64]) -> list[tuple[NDArray[Any], ...]]:
    """Return for each text the distinct 32-bit hashes of three words in a row, ascending, and their first places."""
    said, hashes = _at_least_three(said, hashes)
    mixed = hashes[:-2] * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[1:-1] * _MIX_2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[2:] * _MIX_3
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX_2
    # three words of two texts are no phrase; a text's places stay its words', for its last two are what is cut off
    whole = said.owner[2:] == said.owner[:-2]
    cut = Segments.of(said.owner[:-2][whole], len(said.bounds) - 1)
    found, items, first = cut.ranked((mixed[whole] >> np.uint64(32)).astype(np.uint32))
    return found.split(hashes_of(items[first]), (items[first] & PLACE).astype(np.int32))


def _at_least_three(said: Segments, hashes: NDArray[np.uint64]) -> tuple[Segments, NDArray[np.uint64]]:
    """Fill texts of one word or two up with empty ones, so that they too have a phrase."""
    sizes = np.diff(said.bounds)
    missing = np.where(sizes > 0, np.maximum(3 - sizes, 0), 0)
    if not missing.any():
        return said, hashes
    ends = np.repeat(said.bounds[1:], missing)
    owner = np.insert(said.owner, ends, np.repeat(np.arange(len(sizes), dtype=np.uint64), missing))
    return Segments.of(owner, len(sizes)), np.insert(hashes, ends, np.uint64(0))
