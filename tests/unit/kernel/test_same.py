"""Tests that the results of the compiled kernel are bit-identical to those of NumPy for any text."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.match.reports import REPORTS
from worker.bench.corpus import texts
from worker.features import Features, Source, features_of, lexicon
from worker.fingerprint import fingerprints
from worker.kernel import library
from worker.match import Evidence, compare_pairs

pytestmark = pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")

SEEDS = Path(__file__).parents[3] / "seeds"
SPACES = [char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace()]
#: Few chunks, so that words, stems, phrases and pairs repeat; of every length of key, script and kind.
CHUNKS = [
    *"the of and Thornbury Velmouth. Crale, vaccine vaccinated 1,000.5 900 900. twenty $20K U.S.-led".split(),
    *"“Xi-Putin” -- … . led.” London Barge sinks".split(),
    *"Straße किसानों 沈若兰说 ประเทศไทย Пётр 12:30 İstanbul ﬁre x 𝐀bc \ud83d \0 \x1c ﬀ".split(" "),
    *("x" * size for size in (7, 8, 9, 16, 60, 61, 63, 64, 65, 72, 127, 128, 129, 200)),
    *("a-" * words + "1.5b" for words in (28, 29, 61, 62, 63)),
    *("x" * 64 + end for end in ("y", "yyyyyyyyy")),
]
TEXTS = st.lists(
    st.tuples(st.sampled_from(CHUNKS) | st.text(max_size=12), st.sampled_from([" ", " ", " ", "\n", *SPACES])),
    max_size=120,
).map(lambda parts: "".join(map("".join, parts)))
SOURCES = st.builds(
    Source, TEXTS, st.none() | TEXTS, st.sampled_from(["en", "de", "fr", "hi", "zh", "ja", "th", "und", "ru"])
)

T = TypeVar("T")


def by_numpy(call: Callable[[], T]) -> T:
    """Return the result of a call without the kernel."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "loaded", None)
        return call()


def computed_by_numpy(sources: Sequence[Source]) -> list[Features]:
    """Return the features that NumPy computes with lexicons that the kernel did not fill."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lexicon, "_LEXICONS", {})
        return by_numpy(lambda: features_of(sources))


def assert_same(first: Features, second: Features) -> None:
    """Compare every field by its bytes and its type."""
    assert [float(value).hex() for value in first.totals] == [float(value).hex() for value in second.totals]
    for name in set(Features._fields) - {"totals", "kernel"}:
        mine, reference = getattr(first, name), getattr(second, name)
        assert type(mine) is type(reference), name
        if isinstance(reference, np.ndarray):
            assert mine.dtype == reference.dtype, name
            assert mine.tobytes() == reference.tobytes(), name
        else:
            assert mine == reference, name


def assert_all_same(sources: Sequence[Source]) -> None:
    """Compare the features and fingerprints of both implementations."""
    computed = features_of(sources)
    reference = computed_by_numpy(sources)
    for first, second in zip(computed, reference, strict=True):
        assert_same(first, second)
    mine, theirs = fingerprints(computed), by_numpy(lambda: fingerprints(reference))
    for own, expected in zip(mine, theirs, strict=True):
        assert (own.simhash, own.text_hash, own.words) == (
            expected.simhash,
            expected.text_hash,
            expected.words,
        )
        assert own.sketch.dtype == expected.sketch.dtype
        assert own.sketch.tolist() == expected.sketch.tolist()


@given(st.lists(SOURCES, max_size=12))
@settings(max_examples=300)
def test_any_texts(sources: list[Source]) -> None:
    """Words of any script, spaces of any kind, lone surrogates and glued text give the same results."""
    assert_all_same(sources)


@given(st.lists(st.builds(Source, st.text(max_size=200), st.none() | st.text(max_size=30), st.just("en")), max_size=5))
@settings(max_examples=200)
def test_any_characters(sources: list[Source]) -> None:
    """Any Unicode characters give the same results."""
    assert_all_same(sources)


@pytest.mark.parametrize("first_by", ["kernel", "NumPy"])
def test_both_implementations_share_the_cache(first_by: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and tables are the same, so that a word that either tokenized is found by both."""
    monkeypatch.setattr(lexicon, "_LEXICONS", {})
    sources = [Source(" ".join(CHUNKS), "A title", "en")]
    first = features_of(sources) if first_by == "kernel" else by_numpy(lambda: features_of(sources))
    book = lexicon.lexicon("en")
    known, used = len(book), book.size
    monkeypatch.setattr(book, "_tokenize", lambda missing: pytest.fail("a word was not found"))
    short = [Source(" ".join(chunk for chunk in CHUNKS if len(chunk) <= 60), "A title", "en")]
    by_numpy(lambda: features_of(short))
    features_of(short)
    assert (len(book), book.size) == (known, used)
    assert first[0].tokens > 0


def test_reports_in_every_language() -> None:
    """The reports of the tests, more than a batch, in their own languages and in others."""
    languages = [*REPORTS, "und", "ja", "th"]
    reports = [text for of_language in REPORTS.values() for text in of_language]
    assert_all_same([Source(text, text[:60], language) for language in languages for text in reports])


def test_seeds() -> None:
    """Every seed file, read as text."""
    sources = [Source(path.read_text("utf-8", "surrogateescape"), path.name, "en") for path in sorted(SEEDS.iterdir())]
    assert_all_same(sources)
    for source in sources:
        assert_all_same([source])


def test_news_like_texts() -> None:
    """Articles of the bench, with copies of every kind."""
    assert_all_same([Source(text, None, ("en", "de", "es", "fr")[n % 4]) for n, text in enumerate(texts(150, seed=3))])


def test_long_texts() -> None:
    """Texts of many thousand words, of one word again and again, and of one chunk."""
    prose = " ".join(texts(60, seed=5))
    assert_all_same([Source(prose, prose[:5000], "en"), Source("harbour. " * 5000, None, "en")])
    assert_all_same([Source("x" * 300_000, None, "en"), Source("沈若兰" * 20_000, None, "zh")])


def test_nothing() -> None:
    """No text, empty texts, and texts of one word and of two, alone and in a batch."""
    assert features_of([]) == []
    few = ["", " ", "\n", "the", "Crale", "Barge sinks", "the of", "\u2028", "\u3000x\u3000"]
    sources = [Source(text, title, "en") for text in few for title in (None, "", "Crale", "Barge sinks near Crale")]
    assert_all_same(sources)
    for source in sources:
        assert_all_same([source])


def assert_same_evidence(articles: Sequence[Features]) -> None:
    """Compare the evidence of each article with the first nine and with itself."""
    pairs = [(a, b) for a in articles for b in articles[:9]] + [(a, a) for a in articles]

    def compared(*, whole: bool) -> list[Evidence]:
        return list(compare_pairs(pairs, [None] * len(pairs), whole=whole))

    for whole in (True, False):
        mine, theirs = compared(whole=whole), by_numpy(partial(compared, whole=whole))
        assert list(map(repr, mine)) == list(map(repr, theirs))  # repr shows every bit of a float, and NaN equals NaN


@given(st.lists(SOURCES, min_size=1, max_size=6))
@settings(max_examples=150)
def test_evidence_of_any_texts(sources: list[Source]) -> None:
    """The evidence of pairs of texts is the same."""
    assert_same_evidence(features_of(sources))


def test_evidence_of_copies() -> None:
    """The evidence of reports and their copies in every language, and of copies of every kind, is the same."""
    assert_same_evidence(features_of([Source(text, None, language) for language, of in REPORTS.items() for text in of]))
    assert_same_evidence(features_of([Source(text, None, "en") for text in texts(40, seed=9)]))


def test_evidence_of_long_texts() -> None:
    """The evidence is the same for texts with more than 65,536 words, also together with an empty text."""
    prose = list(texts(200, seed=4))
    long = [" ".join(prose), " ".join(prose[:100] * 2), " ".join(reversed(prose)), "", "Crale"]
    assert_same_evidence(features_of([Source(text, "Barge sinks", "en") for text in long]))


def test_the_kernel_does_not_compare_features_of_numpy() -> None:
    """The kernel reads memory addresses, so features without them are refused."""
    sources = [Source("Barge sinks near Crale", None, "en")]
    with pytest.raises(ValueError, match="buffer"):
        next(compare_pairs([(features_of(sources)[0], computed_by_numpy(sources)[0])], [None]))
