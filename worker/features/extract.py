"""Compute `Features` from texts and titles: hashes, weights and places of words, about 12 KB for 3 KB of text.

The words of a batch of texts are in one array, and each item to sort has the number of its text in the high bits: so a
few NumPy calls process a batch. Features are not stored but computed again from the cleaned text of a stored article.
"""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features.compiled import compute_by_kernel
from worker.features.lexicon import by_language, lexicon
from worker.features.model import Features, Source, digest
from worker.features.passages import SALIENT_WEIGHT, facts, passages
from worker.features.segments import PLACE, Segments, hashes_of
from worker.features.totals import FIGURE, LOWER, NAME, totals
from worker.features.word_table import CAPITAL, CONTENT, ENDS, NUMBER, WordTable
from worker.kernel import library

#: Texts of a batch: few enough for the 8 bits of their number and for the processor's cache.
_BATCH: Final = 128

#: The threads of the web server share the lexicons, and the kernel reads their arrays without the GIL.
_LOCK: Final = Lock()

_MIX_1: Final = np.uint64(0x9E3779B185EBCA87)
_MIX_2: Final = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_3: Final = np.uint64(0x165667B19E3779F9)


def features(text: str, title: str | None, language: str) -> Features:
    """Return the features of a text; ``text`` and ``title`` may be empty."""
    return features_of([Source(text, title, language)])[0]


def features_of(sources: Sequence[Source]) -> list[Features]:
    """Return the features of many texts, in their order; each is the same as if it were computed alone."""
    compute = _compute_by_numpy if library.loaded is None else compute_by_kernel
    order = sorted(range(len(sources)), key=lambda number: sources[number].language)
    computed: dict[int, Features] = {}
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        with _LOCK:
            computed |= zip(batch, compute([sources[number] for number in batch]), strict=True)
    return [computed[number] for number in range(len(sources))]


def _look_up_words(sources: Sequence[Source]) -> tuple[WordTable, NDArray[np.intp]]:
    """Return all words, and their number for each title and each body; ``sources`` are grouped by language."""
    tokens, sizes = zip(*(lexicon(language).words(texts) for language, texts in by_language(sources)), strict=True)
    return WordTable._make(map(np.concatenate, zip(*tokens, strict=True))), np.concatenate(sizes)


def _compute_by_numpy(sources: Sequence[Source]) -> list[Features]:
    tokens, sizes = _look_up_words(sources)
    title_sizes, body_sizes = sizes[::2], sizes[1::2]
    all_words = Segments.of(np.repeat(np.arange(len(sources), dtype=np.uint64), title_sizes + body_sizes), len(sources))
    kinds = tokens.kinds
    content, has_hash = np.flatnonzero(kinds & CONTENT), np.flatnonzero(tokens.hashes)
    content_words = WordTable._make(column[content] for column in tokens)
    content_tokens = Segments.of(all_words.owner[content], len(sources))
    all_tokens = Segments.of(all_words.owner[has_hash], len(sources))
    hashes = tokens.hashes[has_hash]
    # a title capitalises everything: its words are names only if there is no text
    named = _name_mask(kinds, all_words, np.where(body_sizes > 0, title_sizes, 0))[content]
    in_title = all_words.places[content] < title_sizes[content_tokens.owner]
    stems, idf = content_words.stems, content_words.weights
    is_name_or_number = content_words.kinds & (CAPITAL | NUMBER) != 0
    # a text ends a sentence, and no two texts share the number of a sentence
    ends = kinds & ENDS != 0
    sentences = (np.cumsum(ends) - ends)[content] + content_tokens.owner.astype(np.intp)
    salient = np.flatnonzero(is_name_or_number & (idf >= SALIENT_WEIGHT))
    words, word_index = _distinct_words(content_tokens, content_words, named)
    parts: Iterator[Any] = zip(
        sources,
        words,
        _distinct_grams(all_tokens, hashes),
        content_tokens.split(stems, idf, is_name_or_number, word_index),
        _passages_of_texts(content_tokens, sentences, idf),
        facts(len(sources), content_tokens.owner[salient], stems[salient], sentences[salient]),
        _title_words(content_tokens, stems, in_title),
        all_tokens.split(hashes),
        strict=True,
    )
    fields: Iterator[list[Any]] = (
        [source.language, *distinct, *grams, *content, *passage, fact, *title, len(hashes), digest(hashes)]
        for source, distinct, grams, content, passage, fact, title, (hashes,) in parts
    )
    return [Features(*values) for values in fields]


def _distinct_words(
    content_tokens: Segments, tokens: WordTable, named: NDArray[np.bool_]
) -> tuple[list[tuple[Any, ...]], NDArray[np.int32]]:
    """Return for each text its distinct words, their weights, classes, Zipf frequencies, first places, and totals.

    Also return for each content word its index among the distinct words of its text.
    """
    distinct, items, first = content_tokens.ranked(tokens.stems)
    counts = np.diff(first, append=len(items))
    firsts = items[first]
    at = content_tokens.at(firsts)
    positions = content_tokens.at(items)
    classes = np.full(len(first), LOWER, dtype=np.uint8)
    if len(first):
        classes[np.logical_or.reduceat(named[positions], first)] = NAME
    classes[tokens.kinds[at] & NUMBER != 0] = FIGURE
    weights = tokens.weights[at] * (1.0 + np.log(counts, dtype=np.float32))
    zipfs, places = tokens.zipfs[at], (firsts & PLACE).astype(np.int32)
    parts = distinct.split(hashes_of(firsts), weights, classes, zipfs, places)
    sums = totals(distinct.owner.astype(np.intp), len(distinct.bounds) - 1, weights, classes, zipfs, places)
    word_index = np.empty(len(items), dtype=np.int32)
    word_index[positions] = np.repeat(distinct.places, counts)
    return [(*part, of_text) for part, of_text in zip(parts, sums, strict=True)], word_index


def _passages_of_texts(
    content_tokens: Segments, sentences: NDArray[np.intp], idf: NDArray[np.float32]
) -> list[tuple[NDArray[Any], ...]]:
    """Return for each text the passage of each content word, and the weights of its passages."""
    sizes = np.diff(content_tokens.bounds)
    passage = passages(content_tokens.owner, content_tokens.places, sizes, sentences)
    last = np.full(len(sizes), -1, dtype=np.intp)
    last[sizes > 0] = passage[content_tokens.bounds[1:][sizes > 0] - 1]
    begin = np.cumsum(last + 1) - (last + 1)
    bins = passage + begin[content_tokens.owner]
    weights = np.bincount(bins, idf, int((last + 1).sum())).astype(np.float64, copy=False)
    parts = content_tokens.split(passage.astype(np.int16))
    return [
        (part, weights[start : start + count])
        for (part,), start, count in zip(parts, begin.tolist(), (last + 1).tolist(), strict=True)
    ]


def _name_mask(kinds: NDArray[np.uint8], words: Segments, title_sizes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which words are capitalised inside a sentence and after the first ``title_sizes`` words of their text."""
    inside = np.zeros(len(kinds), dtype=bool)
    inside[1:] = kinds[:-1] & ENDS == 0
    named: NDArray[np.bool_] = inside & (words.places > title_sizes[words.owner]) & (kinds & CAPITAL != 0)
    return named


def _title_words(
    content_tokens: Segments, stems: NDArray[np.uint32], in_title: NDArray[np.bool_]
) -> list[tuple[NDArray[Any], ...]]:
    of_titles = Segments.of(content_tokens.owner[in_title], len(content_tokens.bounds) - 1)
    distinct, items, first = of_titles.ranked(stems[in_title])
    return distinct.split(hashes_of(items[first]))


def _distinct_grams(all_tokens: Segments, hashes: NDArray[np.uint64]) -> list[tuple[NDArray[Any], ...]]:
    """Return for each text the distinct 32-bit hashes of its 3-grams, ascending, and their first places."""
    all_tokens, hashes = _pad_to_three(all_tokens, hashes)
    mixed = hashes[:-2] * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[1:-1] * _MIX_2
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _MIX_3 + hashes[2:] * _MIX_3
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX_2
    # drop 3-grams that span two texts: those of a text's last two words, so the other places stay the same
    whole = all_tokens.owner[2:] == all_tokens.owner[:-2]
    cut = Segments.of(all_tokens.owner[:-2][whole], len(all_tokens.bounds) - 1)
    distinct, items, first = cut.ranked((mixed[whole] >> np.uint64(32)).astype(np.uint32))
    return distinct.split(hashes_of(items[first]), (items[first] & PLACE).astype(np.int32))


def _pad_to_three(all_tokens: Segments, hashes: NDArray[np.uint64]) -> tuple[Segments, NDArray[np.uint64]]:
    """Pad texts of one or two words with empty words, so that they too have a 3-gram."""
    sizes = np.diff(all_tokens.bounds)
    missing = np.where(sizes > 0, np.maximum(3 - sizes, 0), 0)
    if not missing.any():
        return all_tokens, hashes
    ends = np.repeat(all_tokens.bounds[1:], missing)
    owner = np.insert(all_tokens.owner, ends, np.repeat(np.arange(len(sizes), dtype=np.uint64), missing))
    return Segments.of(owner, len(sizes)), np.insert(hashes, ends, np.uint64(0))
