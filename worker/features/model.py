"""The types `Features`, what every comparison reads of an article, and `Source`, their input."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from worker.kernel.article import ArticleHandle
from worker.kernel.structures import ARRAYS
from worker.reference.article import ArticleFeatures

#: The arrays of an article of the reference.
_COLUMNS: Final[Mapping[str, Callable[[ArticleFeatures], Any]]] = {
    "passage_weights": lambda a: a.passages,
    "words": lambda a: list(a.words),
    "weights": lambda a: [word.weight for word in a.words.values()],
    "zipfs": lambda a: [word.zipf for word in a.words.values()],
    "places": lambda a: [word.place for word in a.words.values()],
    "classes": lambda a: [word.kind for word in a.words.values()],
    "grams": lambda a: list(a.grams),
    "gram_places": lambda a: list(a.grams.values()),
    "content_tokens": lambda a: [token.stem for token in a.content],
    "content_token_weights": lambda a: [token.weight for token in a.content],
    "word_index": lambda a: [list(a.words).index(token.stem) for token in a.content],
    "passages": lambda a: [token.passage for token in a.content],
    "salient": lambda a: [token.salient for token in a.content],
    "facts": lambda a: sorted(a.facts),
    "title": lambda a: sorted(a.title),
}


class Features(NamedTuple):
    """What is compared of one article."""

    language: str
    #: in the memory of the kernel, or of the reference where there is no kernel
    article: ArticleHandle | ArticleFeatures
    #: number of words of any kind, and of content words
    tokens: int
    content_words: int
    #: 16-byte hash of all words in order: equal if only layout, case and punctuation differ
    digest: bytes

    def column(self, name: str) -> NDArray[Any]:
        """Return a copy of one of the arrays `worker.kernel.structures.ARRAYS`; kernel.h says what they are."""
        if isinstance(self.article, ArticleHandle):
            return np.frombuffer(self.article.column(name), ARRAYS[name][0])
        return np.array(_COLUMNS[name](self.article), ARRAYS[name][0])


class Source(NamedTuple):
    """The input of features: a cleaned text, its title, its language."""

    text: str
    title: str | None
    language: str
