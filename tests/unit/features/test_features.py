"""Words, names and numbers are taken from a text in the manner of its script."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.features import Features, Source, features, features_of
from worker.features.tokens import spaced, words_of, words_of_all
from worker.features.totals import FIGURE, NAME


def of_class(f: Features, wanted: int) -> int:
    """Return how many distinct words are of a class."""
    return int((f.classes == wanted).sum())


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
    """Hyphens and underscores part words, points inside numbers and vowel signs do not."""
    assert words_of(chunk) == (words, ends)


def test_unspaced_scripts_are_paired() -> None:
    """Chinese gives pairs of neighbours; Latin words and numbers inside it stay whole."""
    assert spaced("沈若兰ABC 12", "zh").split() == ["沈若", "若兰", "ABC", "12"]


def test_names_stand_inside_a_sentence() -> None:
    """A capital at the start of a sentence or line makes no name; inside it does."""
    assert of_class(features("Captain spoke. Divers waited.\nBoats left.", None, "en"), NAME) == 0
    assert of_class(features("Yesterday captain Thornbury sailed to Crale.", None, "en"), NAME) == 2


def test_titles_make_no_names() -> None:
    """A headline capitalises everything, so its words are names only where there is no text."""
    assert of_class(features("The barge sank.", "Barge Sinks Near Harbour", "en"), NAME) == 0
    assert of_class(features("", "Barge sinks near Velmouth", "en"), NAME) == 1


def test_numbers_are_one_whatever_parts_them() -> None:
    """1,000 and 1000 are one number."""
    f = features("They sold 1,000 of 1000 and 7.", None, "en")
    assert of_class(f, FIGURE) == 2


def test_inflected_words_meet() -> None:
    """Vaccine, vaccines and vaccinated are one word to the evidence."""
    assert len(features("vaccine vaccines vaccinated", None, "en").words) == 1


def test_frequent_words_are_left_out() -> None:
    """Small words carry no subject in any listed language."""
    assert len(features("the of and to in", None, "en").content_tokens) == 0
    assert len(features("der die und in den", None, "de").content_tokens) == 0
    assert len(features("и в не на что", None, "ru").content_tokens) == 0


def test_unknown_languages_work() -> None:
    """A language without a list weighs all words alike."""
    f = features("wort ander wort", None, "und")
    assert len(f.words) == 2
    assert len(set(f.weights.tolist())) == 2  # tf alone


@given(st.text(max_size=300), st.sampled_from(["en", "hi", "zh", "und", "th"]))
@settings(max_examples=150, deadline=None)
def test_any_text_has_features(text: str, language: str) -> None:
    """Arrays of a kind are of one length and ascend, whatever comes in."""
    f = features(text, None, language)
    assert len(f.words) == len(f.weights) == len(f.classes) == len(f.zipfs) == len(f.places)
    assert len(f.grams) == len(f.gram_places)
    assert (f.words[1:] > f.words[:-1]).all()
    assert (f.grams[1:] > f.grams[:-1]).all()
    assert len(f.content_tokens) == len(f.content_token_weights) == len(f.is_name_or_number)


@given(
    st.lists(st.tuples(st.text(max_size=60), st.none() | st.text(max_size=20), st.sampled_from(["en", "zh", "und"])))
)
@settings(max_examples=80, deadline=None)
def test_texts_of_a_batch_are_taken_as_alone(texts: list[tuple[str, str | None, str]]) -> None:
    """What stands beside a text in a batch changes nothing of its features."""
    for found, text in zip(features_of([Source(*text) for text in texts]), texts, strict=True):
        alone = features(*text)
        for name in set(Features._fields) - {"kernel"}:  # which tells where they stand
            assert np.array_equal(getattr(found, name), getattr(alone, name)), name


@given(st.text(max_size=200))
@settings(max_examples=80, deadline=None)
def test_the_same_text_has_the_same_features(text: str) -> None:
    """What a stored text gives later is what it gave when it came."""
    assert features(text, None, "en").digest == features(text, None, "en").digest


def test_a_glued_text_is_not_remembered() -> None:
    """Chunks that never come again don't fill the vocabulary."""
    from worker.features.lexicon import lexicon

    book = lexicon("eo")
    features("x" * 1000, None, "eo")
    assert len(book) == 0


def test_numbers_are_compared_by_their_digits() -> None:
    """`16` and `sixteen`, `$20K` and `20` are one word to compare; each phrase keeps its own spelling."""
    spelt, digits = features("Sixteen agents, $20K", None, "en"), features("16 agents, 20", None, "en")
    assert spelt.words.tolist() == digits.words.tolist()
    assert spelt.digest != digits.digest
    assert features("sixteen", None, "de").words.tolist() != features("16", None, "de").words.tolist()


@given(st.lists(st.text(st.sampled_from("aZé字9_'’”.,:;!?…)]\"»-–क्ा٣²"), min_size=1, max_size=8)))
@settings(max_examples=300, deadline=None)
def test_words_of_many_chunks_are_those_of_each(chunks: list[str]) -> None:
    """Most chunks are told without the pattern, and their words are those that it finds."""
    words, counts, ends = words_of_all(chunks)
    each = [words_of(chunk) for chunk in chunks]
    assert words == [word for found, _ in each for word in found or [""]]
    assert counts == [len(found) or 1 for found, _ in each]
    assert ends == [number for number, (_, last) in enumerate(each) if last]
