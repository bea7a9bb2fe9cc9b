"""Words of many languages go in; what is remembered of them stays bounded and right."""

from itertools import product

import numpy as np
import pytest

from worker.features import features, lexicon
from worker.features.lexicon import Lexicon

DISPATCH = "The harbour of Varnby opens in May, the port office said. Two of four quays take 1,000.5 tons of freight."
#: More words than any test lets a process keep.
FLOOD = ["".join(letters) for letters in product("bdfgklmnprstvz", "aeiou", "bdfgklmnprst", "aeiou")]


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let the process remember few words, none of them yet; return how many."""
    monkeypatch.setattr(lexicon, "_MOST_WORDS", 2000)
    monkeypatch.setattr(lexicon, "_LEXICONS", {})
    return 2000


def kept() -> int:
    """Return how many words are remembered of all languages."""
    return sum(book.size for book in lexicon._LEXICONS.values())


def test_words_of_all_languages_have_one_limit(few_words: int) -> None:
    """A text may fill the memory beyond the limit; the next one, of whatever language, makes room first."""
    for number, language in enumerate(("en", "de", "fr", "es", "it") * 4):
        words = FLOOD[number * 200 :][:1500]
        features(" ".join(words), None, language)
        assert kept() <= few_words + len(words)
    assert kept() > 0


def test_what_is_seen_again_stays(few_words: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words that came since room was made last are still known; others are forgotten, and nothing else changes."""
    before = features(DISPATCH, None, "en")
    book = lexicon.lexicon("en")
    monkeypatch.setattr(Lexicon, "forget", lambda _book: pytest.fail("all was forgotten"))
    for start in range(0, 4000, 100):
        features(" ".join(FLOOD[start : start + 100]), None, "en")
        size = book.size
        features(DISPATCH, None, "en")
        assert book.size <= size  # known, even if room was made a moment before
    assert book.size < few_words
    assert len(book) > len(DISPATCH.split()) - 5
    after = features(DISPATCH, None, "en")
    assert after.digest == before.digest
    for name in ("words", "weights", "classes", "zipfs", "content_tokens", "grams", "facts"):
        assert np.array_equal(getattr(after, name), getattr(before, name)), name


def test_thinning_keeps_what_a_chunk_is(few_words: int) -> None:
    """Chunks of several words, of none, and with a sentence's end mean the same after thinning as before."""
    book, texts = Lexicon("en"), [DISPATCH, "Xi-Putin — talks; 3.5 (AFP) … end."]
    book.words(["gone " + " ".join(FLOOD[:50])])
    book.thin()
    assert len(book) == 0  # it came once only
    columns, counts = book.words(texts)
    book.words(texts)  # again, or it would be forgotten
    book.thin()
    assert 0 < len(book) < few_words
    size = book.size
    again, same = book.words(texts)
    assert book.size == size  # nothing was learned anew
    assert np.array_equal(counts, same)
    assert all(np.array_equal(np.asarray(one), np.asarray(other)) for one, other in zip(columns, again, strict=True))
