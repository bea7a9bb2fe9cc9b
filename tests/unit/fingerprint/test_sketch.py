"""Tests of the sketch: its keys are few and signed, and copies that were cut, edited or reordered share them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.fingerprint import fingerprint
from worker.fingerprint.posting_index import SHARED_KEYS

LETTERS = st.text(alphabet="abcdefghijklmnop", min_size=3, max_size=9)


def keys(text: str, language: str = "en") -> set[int]:
    """Return the keys of a text."""
    return set(fingerprint(features(text, None, language)).sketch.tolist())


@given(st.lists(LETTERS, max_size=400))
@settings(max_examples=40)
def test_keys_fit_an_int4_column(words: list[str]) -> None:
    """Keys ascend, are distinct, fit 32 signed bits, and are at most 72."""
    sketch = fingerprint(features(" ".join(words), None, "en")).sketch
    assert sketch.dtype == np.int32
    assert (np.diff(sketch.astype(np.int64)) > 0).all()
    assert len(sketch) <= 72


def test_a_long_text_posts_few_keys() -> None:
    """The index grows by about thirty keys for each article: all reports of the tests have at most forty."""
    assert all(len(keys(text, language)) <= 40 for language, texts in REPORTS.items() for text in texts)


def test_half_of_a_text_is_found() -> None:
    """The first half of a report shares enough keys with the whole."""
    report = REPORTS["en"].report
    assert len(keys(report) & keys(report[: len(report) // 2])) >= SHARED_KEYS


def test_the_order_of_two_names_does_not_matter() -> None:
    """A rewrite that inverts a sentence keeps the keys of names that stay neighbours."""
    assert keys("Thornbury met Braddick at Crale.") & keys("At Crale Braddick was met by Thornbury.")


def test_headlines_have_keys() -> None:
    """Two content words are enough for a key."""
    assert keys("Barge sinks")
