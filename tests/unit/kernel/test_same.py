"""Tests that the results of the compiled kernel are those of the reference for any text, to the last bit."""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.match.reports import REPORTS
from tests.unit.test_structure import imports
from worker import reference
from worker.bench.corpus import texts
from worker.features import Features, Source, features_of
from worker.fingerprint import fingerprints
from worker.kernel import library
from worker.kernel.structures import ARRAYS
from worker.match import compare_pairs

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


def by_reference(sources: Sequence[Source]) -> list[Features]:
    """Return the features that the reference computes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "loaded", None)
        return features_of(sources)


def assert_all_same(sources: Sequence[Source]) -> None:
    """Compare the features and fingerprints of both implementations."""
    computed, expected = features_of(sources), by_reference(sources)
    for mine, theirs in zip(computed, expected, strict=True):
        assert mine._replace(article=theirs.article) == theirs
        for name in ARRAYS:
            assert mine.column(name).tobytes() == theirs.column(name).tobytes(), name
    for own, other in zip(fingerprints(computed), fingerprints(expected), strict=True):
        assert own.sketch.tolist() == other.sketch.tolist()
        assert own._replace(sketch=other.sketch) == other


@given(st.lists(SOURCES, max_size=12))
@settings(max_examples=60)
def test_any_texts(sources: list[Source]) -> None:
    """Words of any script, spaces of any kind, lone surrogates and glued text give the same results."""
    assert_all_same(sources)


@given(st.lists(st.builds(Source, st.text(max_size=200), st.none() | st.text(max_size=30), st.just("en")), max_size=5))
@settings(max_examples=80)
def test_any_characters(sources: list[Source]) -> None:
    """Any Unicode characters give the same results."""
    assert_all_same(sources)


@pytest.mark.slow
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


@pytest.mark.slow
def test_news_like_texts() -> None:
    """Articles of the bench, with copies of every kind."""
    assert_all_same([Source(text, None, ("en", "de", "es", "fr")[n % 4]) for n, text in enumerate(texts(40, seed=3))])


@pytest.mark.slow
def test_long_texts() -> None:
    """Texts of many thousand words, of one word again and again, and of one chunk."""
    prose = " ".join(texts(20, seed=5))
    assert_all_same([Source(prose, prose[:5000], "en"), Source("harbour. " * 5000, None, "en")])
    assert_all_same([Source("x" * 30_000, None, "en"), Source("沈若兰" * 20_000, None, "zh")])


def test_nothing() -> None:
    """No text, empty texts, and texts of one word and of two, alone and in a batch."""
    assert features_of([]) == []
    few = ["", " ", "\n", "the", "Crale", "Barge sinks", "the of", "\u2028", "\u3000x\u3000"]
    sources = [Source(text, title, "en") for text in few for title in (None, "", "Crale", "Barge sinks near Crale")]
    assert_all_same(sources)
    for source in sources:
        assert_all_same([source])


def assert_same_evidence(sources: Sequence[Source]) -> None:
    """Compare the evidence of each article with the first nine and with itself."""
    computed, expected = features_of(sources), by_reference(sources)
    for whole in (True, False):
        mine, theirs = (
            list(compare_pairs(pairs, [None] * len(pairs), whole=whole))
            for pairs in ([*product(own, own[:9]), *zip(own, own, strict=True)] for own in (computed, expected))
        )
        assert list(map(repr, mine)) == list(map(repr, theirs))  # repr shows every bit of a float, and NaN equals NaN


@given(st.lists(SOURCES, min_size=1, max_size=6))
@settings(max_examples=40)
def test_evidence_of_any_texts(sources: list[Source]) -> None:
    """The evidence of pairs of texts is the same."""
    assert_same_evidence(sources)


def test_evidence_of_copies() -> None:
    """The evidence of reports and their copies in every language, and of copies of every kind, is the same."""
    assert_same_evidence([Source(text, None, language) for language, of in REPORTS.items() for text in of])
    assert_same_evidence([Source(text, None, "en") for text in texts(12, seed=9)])


@pytest.mark.slow  # a minute for the reference
def test_evidence_of_long_texts() -> None:
    """The evidence is the same for texts with more than 65,536 words, also together with an empty text."""
    prose = list(texts(200, seed=4))
    long = [" ".join(prose), " ".join(prose[:100] * 2), " ".join(reversed(prose)), "", "Crale"]
    assert_same_evidence([Source(text, "Barge sinks", "en") for text in long])


def test_articles_of_both_are_not_compared() -> None:
    """An article in the memory of the kernel is not compared with one of the reference."""
    sources = [Source("Barge sinks near Crale", None, "en")]
    with pytest.raises(TypeError, match="can't compare"):
        next(compare_pairs([(features_of(sources)[0], by_reference(sources)[0])], [None]))


def test_the_reference_is_plain_python() -> None:
    """The reference imports neither NumPy nor the kernel, so that it can't share an error with it."""
    folder = Path(reference.__file__).parent
    names = {name for path in folder.glob("*.py") for name in imports(path)}
    assert not [name for name in names if name.startswith(("numpy", "worker.")) and "worker.reference" not in name]
