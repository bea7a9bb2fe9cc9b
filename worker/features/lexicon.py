"""Look up the words of texts in a cache for each language, which maps chunks to the properties of their words.

Each distinct chunk is tokenized once; after that an article costs a few NumPy calls, shared with its batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.characters import character_table
from worker.features.chunk_keys import FACTORS, ChunkSpans, join_texts, split_chunks
from worker.features.frequency import frequencies
from worker.features.hash_table import HashTable
from worker.features.model import Source
from worker.features.tokens import insert_spaces, split_words_of_all
from worker.features.word_table import ENDS, WordTable, number_words, stem_length, word_table, word_weights
from worker.kernel import chunk_lookup as kernel
from worker.kernel.buffers import allocate_separately
from worker.kernel.library import WORD
from worker.kernel.lookup import SortedList
from worker.kernel.tokenizer import LanguageTables, Tokenizer

#: Cached words of all languages together, 60 to 90 bytes each. Beyond this, words that were not seen since the last
#: thinning are evicted, so that a process does not grow in months, in any number of languages (four languages: 206 MB
#: after 10,000 articles, 214 after 40,000 and after 200,000).
_WORDS_MAX: Final = 240_000
#: Longer chunks are glued text or junk that never comes again: they are tokenized, but not cached.
_CACHED_LENGTH_MAX: Final = 60
#: Rows that are reserved for each chunk before the kernel tokenizes; if they don't suffice, Python does the rest.
_ROWS_PER_CHUNK: Final = 2


class Lexicon:
    """The cache of one language: each slot of ``_table`` refers to the ``_rows`` of the words of a chunk."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.clear()

    def __len__(self) -> int:
        return len(self._table)

    @property
    def size(self) -> int:
        """The number of words, including those of chunks that are not cached."""
        return self._used

    def words(self, texts: Sequence[str]) -> tuple[WordTable, NDArray[np.intp]]:
        """Return the properties of all words of all texts, and the number of words of each text."""
        chunks, sizes = split_chunks(insert_spaces(text, self._language) for text in texts)
        first, counts = self._table.look_up(chunks.keys)
        unknown = np.flatnonzero(counts == 0)
        if len(unknown):
            first[unknown], counts[unknown] = self._tokenize(chunks.select(unknown))
        ends_at = np.cumsum(counts)
        whole = np.concatenate([[0], ends_at])[np.concatenate([[0], np.cumsum(sizes)])]
        if len(counts) and ends_at[-1] != len(counts):  # chunks of several words
            first = np.repeat(first - (ends_at - counts), counts) + np.arange(ends_at[-1])
        return WordTable._make(column[first] for column in WordTable.of(self._rows)), np.diff(whole)

    def look_up(self, texts: Sequence[str]) -> kernel.ChunkLookup:
        """Look up the chunks of all texts with the compiled kernel; tokenize the unknown ones."""
        data, offsets = join_texts(insert_spaces(text, self._language) for text in texts)
        lookup = kernel.look_up_chunks(data, offsets, FACTORS, self._table.slots)
        return self._tokenize_by_kernel(data, lookup) if len(lookup.unknown) else lookup

    def write(self, lookup: kernel.ChunkLookup, out: NDArray[np.void]) -> NDArray[np.int64]:
        """Write the rows of all words to ``out`` and return the number of words of each text."""
        return kernel.gather_words(lookup, self._rows, out)

    def clear(self) -> None:
        """Evict everything."""
        self._table, self._used = HashTable(), 1
        self._rows = word_table([""], self._language).rows()

    def thin(self) -> None:
        """Evict what was not looked up since the last thinning."""
        kept = self._table.seen_slots()
        first, counts = kept["first"].astype(np.intp), kept["counts"].astype(np.intp)
        ends_at = 1 + np.cumsum(counts)  # row 0 is the empty word
        rows = np.repeat(first - (ends_at - counts), counts) + np.arange(1, 1 + int(counts.sum()))
        known = self._rows[np.concatenate([[0], rows])]
        self._table, self._used, self._rows = HashTable(), 1 + len(rows), allocate_separately(1 + len(rows), WORD)
        self._rows[:] = known
        self._table.insert(kept["keys"], ends_at - counts, counts)

    def _tokenize(self, unknown: ChunkSpans) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Tokenize unknown chunks, which may repeat; return first row and word count of each."""
        keys, first_at, inverse = np.unique(unknown.keys, return_index=True, return_inverse=True)
        texts = unknown.select(first_at).texts()
        words, sizes, ends = split_words_of_all(texts)
        # a chunk without words gets a row without kind, so that it can mark the end of a sentence
        new = word_table(words, self._language)
        counts = np.array(sizes)
        ends_at = np.cumsum(counts)
        new.kinds[ends_at[ends] - 1] |= ENDS
        first = self._used + ends_at - counts
        self._reserve(len(words))
        self._rows[self._used : self._used + len(words)] = new.rows()
        self._used += len(words)
        kept = np.array([len(text) <= _CACHED_LENGTH_MAX for text in texts])
        self._table.insert(keys[kept], first[kept], counts[kept])
        return first[inverse], counts[inverse]

    def _tokenize_by_kernel(self, data: bytes, lookup: kernel.ChunkLookup) -> kernel.ChunkLookup:
        self._table.reserve(len(lookup.unknown))
        self._reserve(_ROWS_PER_CHUNK * (len(lookup.unknown) + _CACHED_LENGTH_MAX))
        tokenized = _tokenizer(self._language).tokenize(data, lookup, self._table.slots, self._rows, self._used)
        self._table.filled += tokenized.filled
        self._used, words, remaining = tokenized.used, lookup.words + tokenized.words, tokenized.remaining
        if len(remaining):
            starts = remaining["starts"]
            spans = ChunkSpans(data, starts, starts + remaining["sizes"], remaining["keys"])
            lookup.chunks["first"][remaining["index"]], counts = self._tokenize(spans)
            lookup.chunks["counts"][remaining["index"]] = counts
            words += int(counts.sum())
        return lookup._replace(words=words)

    def _reserve(self, additional: int) -> None:
        """Grow the array of rows if it can't take this many more."""
        if self._used + additional > len(self._rows):
            rows = allocate_separately((self._used + additional) * 5 // 4, WORD)
            rows[: self._used] = self._rows[: self._used]
            self._rows = rows


@cache
def _tokenizer(language: str) -> Tokenizer:
    frequency_list = frequencies(language)
    known = frequency_list.sorted_list if frequency_list else SortedList()
    numbers, length = number_words(language), stem_length(language)
    return Tokenizer(LanguageTables(FACTORS, character_table(), word_weights(language), known, numbers, length))


_LEXICONS: Final[dict[str, Lexicon]] = {}


def lexicon(language: str) -> Lexicon:
    """Return the lexicon of ``language`` in this process; first thin all lexicons if they exceed the limit."""
    if _words_cached() > _WORDS_MAX:
        for book in _LEXICONS.values():
            book.thin()
        if _words_cached() > _WORDS_MAX * 3 // 4:  # frequent thinning would cost more than tokenizing
            for book in _LEXICONS.values():
                book.clear()
    if language not in _LEXICONS:
        _LEXICONS[language] = Lexicon(language)
    return _LEXICONS[language]


def _words_cached() -> int:
    return sum(book.size for book in _LEXICONS.values())


def by_language(sources: Iterable[Source]) -> Iterator[tuple[str, list[str]]]:
    """Yield each language with its titles and texts, alternating; ``sources`` are grouped by language."""
    for language, group in groupby(sources, key=attrgetter("language")):
        yield language, [part for source in group for part in (source.title or "", source.text)]
