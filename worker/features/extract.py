"""Compute `Features` from texts and titles: about 12 KB for 3 KB of text.

Features are not stored but computed again from the cleaned text of a stored article.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Final

from worker.features.languages import describe, tables
from worker.features.model import Features, Source
from worker.kernel import library
from worker.kernel.article import make_article
from worker.reference.article import article
from worker.reference.words import ENDS, Word, insert_spaces, split_words

#: The threads of the web server share the tables of a language, and the kernel writes to them without the GIL.
_LOCK: Final = Lock()


def features(text: str, title: str | None, language: str) -> Features:
    """Return the features of a text; ``text`` and ``title`` may be empty."""
    if library.loaded is None:
        made = article(_words(title or "", language), _words(text, language))
        return Features(language, made, len(made.hashes), len(made.content), made.digest)
    with _LOCK:
        handle = make_article(tables(language), insert_spaces(title or "", language), insert_spaces(text, language))
    return Features(language, handle, handle.count("tokens"), handle.count("content_tokens"), handle.digest)


def features_of(sources: Sequence[Source]) -> list[Features]:
    """Return the features of many texts, in their order."""
    return [features(*source) for source in sources]


def _words(text: str, language: str) -> list[Word]:
    words = []
    for written, ends in split_words(text, language):
        word = describe(written, language)
        words.append(word._replace(kind=word.kind | ENDS) if ends else word)
    return words
