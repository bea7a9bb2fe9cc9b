"""Tests of the words, names and numbers of a text, in several scripts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.features import Features, Source, features, features_of
from worker.kernel.structures import ARRAYS
from worker.reference.article import FIGURE, NAME
from worker.reference.words import insert_spaces, split_words


def of_class(f: Features, wanted: int) -> int:
    """Return the number of distinct words of a class."""
    return int((f.column("classes") == wanted).sum())


@pytest.mark.parametrize(
    ("chunk", "words", "ends"),
    [
        ("“Xi-Putin", ["Xi", "Putin"], False),
        ("led.”", ["led"], True),
        ("1,000.5", ["1,000.5"], False),
        ("U.S.-led", ["U", "S", "led"], False),
        ("--", [], False),
        (".", [], True),
        ("किसानों", ["किसानों"], False),
        ("snake_case", ["snake", "case"], False),
    ],
)
def test_words_of_a_chunk(chunk: str, words: list[str], ends: bool) -> None:
    """Hyphens and underscores separate words; points inside numbers and vowel signs do not."""
    found = list(split_words(chunk, "en"))
    assert [word for word, _ in found if word] == words
    assert found[-1][1] == ends


def test_unspaced_scripts_are_paired() -> None:
    """Chinese text becomes pairs of neighbouring characters; Latin words and numbers inside it stay whole."""
    assert insert_spaces("沈若兰ABC 12", "zh").split() == ["沈若", "若兰", "ABC", "12"]


def test_names_are_inside_a_sentence() -> None:
    """A capitalised word is a name inside a sentence, but not at the start of a sentence or line."""
    assert of_class(features("Captain spoke. Divers waited.\nBoats left.", None, "en"), NAME) == 0
    assert of_class(features("Yesterday captain Thornbury sailed to Crale.", None, "en"), NAME) == 2


def test_titles_make_no_names() -> None:
    """A headline capitalises everything, so its words are names only if there is no text."""
    assert of_class(features("The barge sank.", "Barge Sinks Near Harbour", "en"), NAME) == 0
    assert of_class(features("", "Barge sinks near Velmouth", "en"), NAME) == 1


def test_numbers_are_equal_whatever_separates_their_digits() -> None:
    """1,000 and 1000 are the same number."""
    f = features("They sold 1,000 of 1000 and 7.", None, "en")
    assert of_class(f, FIGURE) == 2


def test_inflected_words_have_the_same_stem() -> None:
    """Vaccine, vaccines and vaccinated are one distinct word."""
    assert len(features("vaccine vaccines vaccinated", None, "en").column("words")) == 1


def test_frequent_words_are_left_out() -> None:
    """Stop words are not content words in any language with a word list."""
    assert len(features("the of and to in", None, "en").column("content_tokens")) == 0
    assert len(features("der die und in den", None, "de").column("content_tokens")) == 0
    assert len(features("и в не на что", None, "ru").column("content_tokens")) == 0


def test_unknown_languages_work() -> None:
    """In a language without a word list all words have the same idf."""
    f = features("wort ander wort", None, "und")
    assert len(f.column("words")) == 2
    assert len(set(f.column("weights").tolist())) == 2  # tf alone


@given(st.text(max_size=300), st.sampled_from(["en", "hi", "zh", "und", "th"]))
@settings(max_examples=150)
def test_any_text_has_features(text: str, language: str) -> None:
    """Arrays of the same items have the same length, and hashes ascend, for any text."""
    f = features(text, None, language)
    assert len({len(f.column(name)) for name in ("words", "weights", "classes", "zipfs", "places")}) == 1
    assert len(f.column("grams")) == len(f.column("gram_places"))
    assert (f.column("words")[1:] > f.column("words")[:-1]).all()
    assert (f.column("grams")[1:] > f.column("grams")[:-1]).all()
    assert len(f.column("content_tokens")) == len(f.column("content_token_weights")) == len(f.column("salient"))


@given(
    st.lists(st.tuples(st.text(max_size=60), st.none() | st.text(max_size=20), st.sampled_from(["en", "zh", "und"])))
)
@settings(max_examples=80)
def test_texts_of_a_batch_have_the_same_features_as_alone(texts: list[tuple[str, str | None, str]]) -> None:
    """The features of a text do not depend on the other texts of its batch."""
    for in_batch, text in zip(features_of([Source(*text) for text in texts]), texts, strict=True):
        alone = features(*text)
        assert in_batch._replace(article=alone.article) == alone
        for name in ARRAYS:
            assert np.array_equal(in_batch.column(name), alone.column(name)), name


@given(st.text(max_size=200))
@settings(max_examples=80)
def test_the_same_text_has_the_same_features(text: str) -> None:
    """Features that are computed again from the same text are the same."""
    assert features(text, None, "en").digest == features(text, None, "en").digest


def test_numbers_are_compared_by_their_digits() -> None:
    """`16` and `sixteen`, `$20K` and `20` have the same stem; all words in order keep their spelling."""
    spelt, digits = features("Sixteen agents, $20K", None, "en"), features("16 agents, 20", None, "en")
    assert spelt.column("words").tolist() == digits.column("words").tolist()
    assert spelt.digest != digits.digest
    spelt, digits = features("sixteen", None, "de"), features("16", None, "de")
    assert spelt.column("words").tolist() != digits.column("words").tolist()
