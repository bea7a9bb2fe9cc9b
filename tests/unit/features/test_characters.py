"""Tests of the character table: the kernel tokenizes with it as Python does."""

import unicodedata
from itertools import pairwise

import pytest

from tests.unit.kernel.test_same import assert_all_same
from worker.features import Source
from worker.features.characters import character_table
from worker.kernel import library
from worker.kernel.tokenizer import LETTER, UNUSUAL

CODES = [*range(0x800), *range(0x2000, 0x2600)]
LETTERS = [
    chr(code)
    for code, row in zip(CODES, character_table(), strict=True)
    if row["kinds"] & LETTER and not row["kinds"] & UNUSUAL
]


def test_usual_letters_are_unchanged_next_to_each_other() -> None:
    """NFKC composes no two of these letters, so that a word can be folded letter by letter."""
    for shift in range(1, len(LETTERS), 7):
        whole = "".join(LETTERS[::shift] + LETTERS[shift:] + LETTERS[:shift])
        assert unicodedata.normalize("NFKC", whole) == whole


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
@pytest.mark.parametrize("language", ["en", "de", "la"])
def test_every_character_in_every_place(language: str) -> None:
    """The kernel tokenizes words with any character at the start, inside, at the end or alone as Python does."""
    around = ["{}", "Ab{}", "{}ab", "a{}B", "12{}5", "{}7k", "{}{}x", "“{}”.", "x{}."]
    chars = [chr(code) for code in CODES]
    pairs = ["".join(pair) for pair in pairwise(chars)]
    assert_all_same([Source(" ".join(map(form.format, chars, chars)), None, language) for form in around])
    assert_all_same([Source(" ".join(pairs), " ".join(chars), language)])


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
def test_numbers_in_every_form() -> None:
    """The kernel tokenizes numbers with points, commas, scales and letters, and number words, as Python does."""
    forms = ["{}", "{}.5", "{},{}", "{}.", "{},000.5km", "{}k", "{}mn", "{}tn.", "{}bn", "{}B", "x{}", "{}x{}", "{}..5"]
    numbers = ["1", "20", "1,000", "٣", "1٣", "²", "007", "9" * 50]
    texts = [" ".join(form.format(number, number) for number in numbers) for form in forms]
    words = "two Two TEN twelve twenty one twenty-one eleven. Nineteen, zwei"
    assert_all_same([Source(text, words, language) for text in [*texts, words] for language in ("en", "de")])
