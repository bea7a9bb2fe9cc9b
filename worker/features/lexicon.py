"""Texts go in, what is known of their words comes out, remembered per language.

Every distinct chunk is looked at once in Python; after that an article costs NumPy's calls, shared with its batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from worker.features.chunks import FACTOR, OTHER, Places, chunks_of, joined
from worker.features.columns import ENDS, Columns, columns_of
from worker.features.form import Source
from worker.features.table import Table
from worker.features.tokens import spaced, words_of_all
from worker.kernel import words as kernel

#: Words that are remembered of all languages together, some 90 bytes each: beyond it those go that did not come again
#: since the last time, so that a worker of months, in any number of languages, does not grow (four languages: 211 MB
#: after 4,000 articles, 226 after 12,000 and after 40,000).
_MOST_WORDS: Final = 240_000
#: Longer chunks are glued text or junk that never comes again: looked at, not remembered.
_LONGEST_KEPT: Final = 60


class Lexicon:
    """Chunk to number; ``_first`` and ``_count`` say which rows of ``_rows`` are its words."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.forget()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def size(self) -> int:
        """How many words stand in it, those of chunks that are not found again among them."""
        return self._used

    def words(self, texts: Sequence[str]) -> tuple[Columns, NDArray[np.intp]]:
        """Return what is known of the running words of all texts, and how many are of each."""
        chunks, sizes = chunks_of(spaced(text, self._language) for text in texts)
        numbers = self._numbers.find(chunks.keys)
        self._seen[numbers[numbers >= 0]] = True  # again: what came once only is what is to be forgotten
        missing = np.flatnonzero(numbers < 0)
        if len(missing):
            numbers[missing] = self._learn(chunks.some(missing))
        rows, counts = self._first[numbers], self._count[numbers]
        upto = np.cumsum(counts)
        whole = np.concatenate([[0], upto])[np.concatenate([[0], np.cumsum(sizes)])]
        if len(counts) and upto[-1] != len(counts):  # some chunks hold several words
            rows = np.repeat(rows - (upto - counts), counts) + np.arange(upto[-1])
        return Columns._make(column[rows] for column in Columns.of(self._rows)), np.diff(whole)

    def rows(self, texts: Sequence[str]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Return the same by the compiled kernel, as rows."""
        data, begins = joined(spaced(text, self._language) for text in texts)
        found = kernel.find(data, begins, kernel.Factors(FACTOR, OTHER), self._numbers.slots, self._count, self._seen)
        words = found.words
        if len(found.missing):
            learned = self._learn(Places(data, found.starts, found.ends, found.keys))
            found.numbers[found.missing] = learned
            words += int(self._count[learned].sum())
        return kernel.rows(found, self._first, self._count, self._rows, words)

    def forget(self) -> None:
        """Start anew."""
        self._numbers = Table()
        self._chunks, self._used = 0, 1
        self._first, self._count = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
        self._seen = np.zeros(0, dtype=bool)
        self._rows = columns_of([""], self._language).rows()

    def thin(self) -> None:
        """Forget what did not come since the last time."""
        keys, numbers = self._numbers.items()
        kept = self._seen[numbers]
        keys, numbers = keys[kept], numbers[kept]
        first, count = self._first[numbers], self._count[numbers]
        upto = 1 + np.cumsum(count)  # the first row is the empty word's
        rows = np.repeat(first - (upto - count), count) + np.arange(1, 1 + int(count.sum()))
        self._rows = self._rows[np.concatenate([[0], rows])]
        self._numbers = Table()
        self._numbers.put(keys, np.arange(len(keys)))
        self._chunks, self._used = len(keys), 1 + len(rows)
        self._first, self._count, self._seen = upto - count, count, np.zeros(len(keys), dtype=bool)

    def _learn(self, missing: Places) -> NDArray[np.intp]:
        """Look at chunks that are not known; return the number of each of these, which may be equal ones."""
        keys, at, which = np.unique(missing.keys, return_index=True, return_inverse=True)
        texts = missing.some(at).texts()
        words, sizes, ends = words_of_all(texts)
        # a chunk without words is a row without kind, there only to carry a sentence's end
        new = columns_of(words, self._language)
        counts = np.array(sizes)
        upto = np.cumsum(counts)
        new.kinds[upto[ends] - 1] |= ENDS
        self._first = _written(self._first, self._chunks, self._used + upto - counts)
        self._count = _written(self._count, self._chunks, counts)
        self._rows = _written(self._rows, self._used, new.rows())
        self._seen = _written(self._seen, self._chunks, np.zeros(len(keys), dtype=bool))
        numbers = self._chunks + np.arange(len(keys))
        kept = np.array([len(text) <= _LONGEST_KEPT for text in texts])
        self._numbers.put(keys[kept], numbers[kept])
        self._chunks += len(keys)
        self._used += int(upto[-1])
        return numbers[which]


def _written(column: Any, start: int, values: Any) -> Any:
    """Write ``values`` into ``column`` from ``start``, which is made larger for them where it must be."""
    end = start + len(values)
    if end > len(column):
        column = np.concatenate([column[:start], np.zeros(2 * end - start, dtype=column.dtype)])
    column[start:end] = values
    return column


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
