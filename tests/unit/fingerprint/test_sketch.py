"""The sketch finds copies: its keys are few, signed, and shared by what was cut, retouched or put in another order."""

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
@settings(max_examples=40, deadline=None)
def test_keys_fit_an_int4_column(words: list[str]) -> None:
    """Keys ascend, come once, fit 32 signed bits, and are at most 72."""
    found = fingerprint(features(" ".join(words), None, "en")).sketch
    assert found.dtype == np.int32
    assert (np.diff(found.astype(np.int64)) > 0).all()
    assert len(found) <= 72


def test_a_long_text_posts_few_keys() -> None:
    """The archive grows by about thirty keys an article: all of the tests' reports stay under forty."""
    assert all(len(keys(text, language)) <= 40 for language, texts in REPORTS.items() for text in texts)


def test_half_of_a_text_is_found() -> None:
    """The first half of a report shares enough keys with the whole."""
    report = REPORTS["en"].report
    assert len(keys(report) & keys(report[: len(report) // 2])) >= SHARED_KEYS


def test_the_order_of_two_names_does_not_matter() -> None:
    """A rewrite that turns a sentence round keeps the keys of names that stay together."""
    assert keys("Thornbury met Braddick at Crale.") & keys("At Crale Braddick was met by Thornbury.")


def test_headlines_have_keys() -> None:
    """Even two content words give a key."""
    assert keys("Barge sinks")
