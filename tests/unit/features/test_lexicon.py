"""Tests of the lexicons: the cache of words of many languages stays bounded and correct."""

from itertools import product

import numpy as np
import pytest

from worker.features import features, lexicon
from worker.features.lexicon import Lexicon

DISPATCH = "The harbour of Varnby opens in May, the port office said. Two of four quays take 1,000.5 tons of freight."
#: More words than any test lets a process cache.
FLOOD = ["".join(letters) for letters in product("bdfgklmnprstvz", "aeiou", "bdfgklmnprst", "aeiou")]


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> int:
    """Start with empty lexicons and a low limit; return the limit."""
    monkeypatch.setattr(lexicon, "_WORDS_MAX", 2000)
    monkeypatch.setattr(lexicon, "_LEXICONS", {})
    return 2000


def cached() -> int:
    """Return the number of cached words of all languages."""
    return sum(book.size for book in lexicon._LEXICONS.values())


def test_words_of_all_languages_have_one_limit(few_words: int) -> None:
    """One text may exceed the limit; the next one, in any language, evicts words first."""
    for number, language in enumerate(("en", "de", "fr", "es", "it") * 4):
        words = FLOOD[number * 200 :][:1500]
        features(" ".join(words), None, language)
        assert cached() <= few_words + len(words)
    assert cached() > 0


def test_what_is_seen_again_stays(few_words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that were seen since the last thinning stay cached; others are evicted, and features do not change."""
    before = features(DISPATCH, None, "en")
    book = lexicon.lexicon("en")
    monkeypatch.setattr(Lexicon, "clear", lambda _book: pytest.fail("everything was evicted"))
    for start in range(0, 4000, 100):
        features(" ".join(FLOOD[start : start + 100]), None, "en")
        size = book.size
        features(DISPATCH, None, "en")
        assert book.size <= size  # cached, even right after a thinning
    assert book.size < few_words
    assert len(book) > len(DISPATCH.split()) - 5
    after = features(DISPATCH, None, "en")
    assert after.digest == before.digest
    for name in ("words", "weights", "classes", "zipfs", "content_tokens", "grams", "facts"):
        assert np.array_equal(getattr(after, name), getattr(before, name)), name


def test_thinning_keeps_what_a_chunk_is(few_words: int) -> None:
    """Chunks of several words, of no word, and at the end of a sentence have the same words after thinning."""
    book, texts = Lexicon("en"), [DISPATCH, "Xi-Putin — talks; 3.5 (AFP) … end."]
    book.words(["gone " + " ".join(FLOOD[:50])])
    book.thin()
    assert len(book) == 0  # the chunks came only once
    table, counts = book.words(texts)
    book.words(texts)  # again, or they would be evicted
    book.thin()
    assert 0 < len(book) < few_words
    size = book.size
    again, same = book.words(texts)
    assert book.size == size  # nothing was tokenized again
    assert np.array_equal(counts, same)
    assert all(np.array_equal(np.asarray(old), np.asarray(new)) for old, new in zip(table, again, strict=True))
