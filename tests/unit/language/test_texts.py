"""The texts in twelve languages that golden tests read are complete: two copies and an independent report in each.

All are written for this project about invented events; copy_b is what another outlet would print of copy_a.
"""

import unicodedata
from pathlib import Path

import pytest

LANGUAGES = Path(__file__).parents[2] / "golden" / "languages"
CODES = ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "pt", "ru", "zh")
#: written without blanks between words: characters are counted instead
UNSPACED = {"ja", "zh"}
FILES = ("copy_a.txt", "copy_b.txt", "other.txt")


def units(code: str, name: str) -> list[str]:
    """Return the words of a text, in Chinese and Japanese its characters, without blanks."""
    text = (LANGUAGES / code / name).read_text(encoding="utf-8")
    return list("".join(text.split())) if code in UNSPACED else text.split()


def shared(code: str, one: str, other: str) -> float:
    """Return the share of the shorter text's runs of three words (five characters) that the longer one holds."""
    length = 5 if code in UNSPACED else 3
    first, second = (
        set(zip(*(found[start:] for start in range(length)), strict=False))
        for found in (units(code, one), units(code, other))
    )
    return len(first & second) / min(len(first), len(second))


def test_languages_are_the_twelve() -> None:
    """One folder stands for each of the twelve languages and none besides."""
    assert sorted(path.name for path in LANGUAGES.iterdir()) == sorted(CODES)


@pytest.mark.parametrize("code", CODES)
def test_folder_is_complete(code: str) -> None:
    """A folder holds the two copies and the other report, each as long as a short news item, in NFC."""
    assert sorted(path.name for path in (LANGUAGES / code).iterdir()) == sorted(FILES)
    shortest, longest = (200, 420) if code in UNSPACED else (90, 180)
    for name in FILES:
        assert shortest <= len(units(code, name)) <= longest
        assert unicodedata.is_normalized("NFC", (LANGUAGES / code / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", CODES)
def test_second_copy_is_an_abridgement(code: str) -> None:
    """The second copy is shorter than the first, not the same, and most of it stands in the first."""
    assert len(units(code, "copy_b.txt")) < len(units(code, "copy_a.txt"))
    assert 0.7 < shared(code, "copy_a.txt", "copy_b.txt") < 1


@pytest.mark.parametrize("code", CODES)
def test_other_report_shares_no_phrasing(code: str) -> None:
    """The independent report has next to no phrase in common with either copy."""
    assert max(shared(code, copy, "other.txt") for copy in FILES[:2]) < 0.05
