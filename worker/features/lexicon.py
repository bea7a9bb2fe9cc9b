"""Texts go in, what is known of their words comes out, remembered per language.

Every distinct chunk is looked at once in Python; after that an article costs NumPy's calls, shared with its batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from worker.features.chunk_cache import FACTORS, ChunkSpans, chunks_of, joined
from worker.features.frequency import frequencies
from worker.features.letters import letters
from worker.features.model import Source
from worker.features.table import HashTable
from worker.features.tokens import spaced, words_of_all
from worker.features.word_table import ENDS, WordTable, levels, spelt, stem_of, word_table
from worker.kernel import words as kernel
from worker.kernel.learn import Language, Learner
from worker.kernel.library import WORD
from worker.kernel.listed import List
from worker.kernel.room import allocate_separately

#: Words that are remembered of all languages together, 60 to 90 bytes each: beyond it those go that did not come again
#: since the last time, so that a worker of months, in any number of languages, does not grow (four languages: 206 MB
#: after 10,000 articles, 214 after 40,000 and after 200,000).
_MOST_WORDS: Final = 240_000
#: Longer chunks are glued text or junk that never comes again: looked at, not remembered.
_LONGEST_KEPT: Final = 60
#: Rows for which there is room before chunks are learned; those of chunks with more words are found one by one.
_ROWS_A_CHUNK: Final = 2


class Lexicon:
    """Chunks by key: each slot of ``_table`` says which of ``_rows`` are its words."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.forget()

    def __len__(self) -> int:
        return len(self._table)

    @property
    def size(self) -> int:
        """How many words stand in it, those of chunks that are not found again among them."""
        return self._used

    def words(self, texts: Sequence[str]) -> tuple[WordTable, NDArray[np.intp]]:
        """Return what is known of the running words of all texts, and how many are of each."""
        chunks, sizes = chunks_of(spaced(text, self._language) for text in texts)
        first, counts = self._table.find(chunks.keys)
        missing = np.flatnonzero(counts == 0)
        if len(missing):
            first[missing], counts[missing] = self._learn(chunks.some(missing))
        upto = np.cumsum(counts)
        whole = np.concatenate([[0], upto])[np.concatenate([[0], np.cumsum(sizes)])]
        if len(counts) and upto[-1] != len(counts):  # some chunks hold several words
            first = np.repeat(first - (upto - counts), counts) + np.arange(upto[-1])
        return WordTable._make(column[first] for column in WordTable.of(self._rows)), np.diff(whole)

    def find(self, texts: Sequence[str]) -> kernel.Found:
        """Return where the words of all texts are known, by the compiled kernel."""
        data, begins = joined(spaced(text, self._language) for text in texts)
        found = kernel.find(data, begins, FACTORS, self._table.slots)
        return self._learn_by_kernel(data, found) if len(found.missing) else found

    def write(self, found: kernel.Found, out: NDArray[np.void]) -> NDArray[np.int64]:
        """Write the rows of what was found and return how many words each text has."""
        return kernel.rows(found, self._rows, out)

    def forget(self) -> None:
        """Start anew."""
        self._table, self._used = HashTable(), 1
        self._rows = word_table([""], self._language).rows()

    def thin(self) -> None:
        """Forget what did not come since the last time."""
        kept = self._table.seen()
        first, counts = kept["first"].astype(np.intp), kept["counts"].astype(np.intp)
        upto = 1 + np.cumsum(counts)  # the first row is the empty word's
        rows = np.repeat(first - (upto - counts), counts) + np.arange(1, 1 + int(counts.sum()))
        known = self._rows[np.concatenate([[0], rows])]
        self._table, self._used, self._rows = HashTable(), 1 + len(rows), allocate_separately(1 + len(rows), WORD)
        self._rows[:] = known
        self._table.put(kept["keys"], upto - counts, counts)

    def _learn(self, missing: ChunkSpans) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Look at chunks that are not known, some of them equal; return first row and count of each."""
        keys, at, which = np.unique(missing.keys, return_index=True, return_inverse=True)
        texts = missing.some(at).texts()
        words, sizes, ends = words_of_all(texts)
        # a chunk without words is a row without kind, there only to carry a sentence's end
        new = word_table(words, self._language)
        counts = np.array(sizes)
        upto = np.cumsum(counts)
        new.kinds[upto[ends] - 1] |= ENDS
        first = self._used + upto - counts
        self._reserve(len(words))
        self._rows[self._used : self._used + len(words)] = new.rows()
        self._used += len(words)
        kept = np.array([len(text) <= _LONGEST_KEPT for text in texts])
        self._table.put(keys[kept], first[kept], counts[kept])
        return first[which], counts[which]

    def _learn_by_kernel(self, data: bytes, found: kernel.Found) -> kernel.Found:
        self._table.reserve(len(found.missing))
        self._reserve(_ROWS_A_CHUNK * (len(found.missing) + _LONGEST_KEPT))
        done = _learner(self._language).learn(data, found, self._table.slots, self._rows, self._used)
        self._table.filled += done.filled
        self._used, words, left = done.used, found.words + done.words, done.left
        if len(left):
            starts = left["starts"]
            places = ChunkSpans(data, starts, starts + left["sizes"], left["keys"])
            found.chunks["first"][left["which"]], counts = self._learn(places)
            found.chunks["counts"][left["which"]] = counts
            words += int(counts.sum())
        return found._replace(words=words)

    def _reserve(self, more: int) -> None:
        """Make room for so many rows more."""
        if self._used + more > len(self._rows):
            rows = allocate_separately((self._used + more) * 5 // 4, WORD)
            rows[: self._used] = self._rows[: self._used]
            self._rows = rows


@cache
def _learner(language: str) -> Learner:
    listed = frequencies(language)
    known = listed.listed if listed else List()
    return Learner(Language(FACTORS, letters(), levels(language), known, spelt(language), stem_of(language)))


_LEXICONS: Final[dict[str, Lexicon]] = {}


def lexicon(language: str) -> Lexicon:
    """Return the process's lexicon of ``language``, after room was made in all of them where there was none left."""
    if _words_kept() > _MOST_WORDS:
        for one in _LEXICONS.values():
            one.thin()
        if _words_kept() > _MOST_WORDS * 3 // 4:  # thinning again and again would cost more than learning
            for one in _LEXICONS.values():
                one.forget()
    if language not in _LEXICONS:
        _LEXICONS[language] = Lexicon(language)
    return _LEXICONS[language]


def _words_kept() -> int:
    return sum(one.size for one in _LEXICONS.values())


def by_language(sources: Iterable[Source]) -> Iterator[tuple[str, list[str]]]:
    """Yield each language with its titles and texts, in turns; ``sources`` stand by language."""
    for language, some in groupby(sources, key=attrgetter("language")):
        yield language, [part for source in some for part in (source.title or "", source.text)]
