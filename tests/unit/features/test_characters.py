"""Tests of the character table: the kernel tokenizes with it as the reference does."""

import sys
import unicodedata
from itertools import pairwise

import pytest

from tests.unit.kernel.test_same import assert_all_same
from worker.features import Source
from worker.features.languages import classify
from worker.kernel import library
from worker.kernel.language import IN_WORD, UNUSUAL

CODES = [*range(0x800), *range(0x900, 0x980), *range(0x1100, 0x1200), *range(0x2000, 0x2600), *range(0xAC00, 0xAC40)]


def test_usual_letters_are_unchanged_next_to_each_other() -> None:
    """NFKC composes no usual letter with the one before it, so that a word can be folded letter by letter."""
    composing = {
        chr(int(parts[1], 16))
        for code in range(sys.maxunicode + 1)
        if len(parts := unicodedata.decomposition(chr(code)).split()) == 2 and not parts[0].startswith("<")
    } | set(map(chr, (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))))
    usual = [char for char in composing if classify(char)[0] & IN_WORD and not classify(char)[0] & UNUSUAL]
    assert usual == []


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
@pytest.mark.parametrize("language", ["en", "la"])
def test_every_character_in_every_place(language: str) -> None:
    """The kernel tokenizes words with any character at the start, inside, at the end or alone as the reference does."""
    around = ["{}", "Ab{}", "{}ab", "a{}B", "12{}5", "{}7k", "{}{}x", "“{}”.", "x{}."]
    chars = [chr(code) for code in CODES]
    pairs = ["".join(pair) for pair in pairwise(chars)]
    assert_all_same([Source(" ".join(map(form.format, chars, chars)), None, language) for form in around])
    assert_all_same([Source(" ".join(pairs), " ".join(chars), language)])


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel here")
def test_numbers_in_every_form() -> None:
    """The kernel tokenizes numbers with points, commas, scales and letters, and number words, as the reference does."""
    forms = ["{}", "{}.5", "{},{}", "{}.", "{},000.5km", "{}k", "{}mn", "{}tn.", "{}bn", "{}B", "x{}", "{}x{}", "{}..5"]
    numbers = ["1", "20", "1,000", "٣", "1٣", "²", "007", "9" * 50]
    texts = [" ".join(form.format(number, number) for number in numbers) for form in forms]
    words = "two Two TEN twelve twenty one twenty-one eleven. Nineteen, zwei"
    assert_all_same([Source(text, words, language) for text in [*texts, words] for language in ("en", "de")])
