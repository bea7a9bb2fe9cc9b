"""The texts in twelve languages for golden tests are complete: two copies and an independent report in each language.

All are written for this project about invented events; copy_b is what another outlet would print of copy_a.
"""

import unicodedata
from pathlib import Path

import pytest

LANGUAGES = Path(__file__).parents[2] / "golden" / "languages"
CODES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "pt", "ru", "zh")
#: languages without blanks between words: characters are counted instead
UNSPACED = {"ja", "zh"}
FILES = ("copy_a.txt", "copy_b.txt", "other.txt")


def units(code: str, name: str) -> list[str]:
    """Return the words of a text; for Chinese and Japanese, its characters without blanks."""
    text = (LANGUAGES / code / name).read_text(encoding="utf-8")
    return list("".join(text.split())) if code in UNSPACED else text.split()


def shared(code: str, first_name: str, second_name: str) -> float:
    """Return the share of the shorter text's runs of three words (five characters) that the longer text contains."""
    length = 5 if code in UNSPACED else 3
    first, second = (
        set(zip(*(items[start:] for start in range(length)), strict=False))
        for items in (units(code, first_name), units(code, second_name))
    )
    return len(first & second) / min(len(first), len(second))


def test_languages_are_the_twelve() -> None:
    """There is one folder for each of the twelve languages and no other."""
    assert sorted(path.name for path in LANGUAGES.iterdir()) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_folder_is_complete(code: str) -> None:
    """A folder contains the two copies and the other report, each as long as a short news item, in NFC."""
    assert sorted(path.name for path in (LANGUAGES / code).iterdir()) == sorted(FILES)
    shortest, longest = (200, 420) if code in UNSPACED else (90, 180)
    for name in FILES:
        assert shortest <= len(units(code, name)) <= longest
        assert unicodedata.is_normalized("NFC", (LANGUAGES / code / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", CODES)
def test_second_copy_is_an_abridgement(code: str) -> None:
    """The second copy is shorter than the first, different from it, and mostly contained in it."""
    assert len(units(code, "copy_b.txt")) < len(units(code, "copy_a.txt"))
    assert 0.7 < shared(code, "copy_a.txt", "copy_b.txt") < 1


@pytest.mark.parametrize("code", CODES)
def test_other_report_shares_no_phrasing(code: str) -> None:
    """The independent report has almost no phrase in common with either copy."""
    assert max(shared(code, copy, "other.txt") for copy in FILES[:2]) < 0.05
