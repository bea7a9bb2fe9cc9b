"""Ordinary prose in 27 languages comes out of cleaning unchanged, however its sentences end."""

import re
from pathlib import Path

import pytest

from tests.unit.clean.print_lines import wrapped
from worker.article import Article
from worker.clean import clean

FOLDER = Path(__file__).parents[2] / "golden" / "prose"
LANGUAGES = sorted(path.stem for path in FOLDER.glob("*.txt"))
#: Languages that break words at a line end, and whose text cleaning can join again.
HYPHENATED = (
    "de",
    "en",
    "es",
    "fr",
    "it",
    "pt",
    "da",
    "sv",
    "nb",
    "fi",
    "pl",
    "cs",
    "hu",
    "ru",
    "uk",
    "el",
    "tr",
    "id",
)
PARAGRAPHS = 10


def paragraphs(language: str) -> list[str]:
    """Return the paragraphs of a language's file."""
    return (FOLDER / f"{language}.txt").read_text("utf-8").strip().split("\n\n")


def cleaned(text: str, language: str | None, title: str | None = None) -> list[str]:
    """Return the paragraphs of ``text`` after cleaning."""
    return clean(Article(text, language=language, title=title)).text.split("\n\n")


def test_each_language_has_ten_paragraphs() -> None:
    """No file is missing or short."""
    assert len(LANGUAGES) == 27
    assert {language: len(paragraphs(language)) for language in LANGUAGES} == dict.fromkeys(LANGUAGES, PARAGRAPHS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_prose_is_unchanged(language: str) -> None:
    """With the language given or detected, every paragraph stays as it is."""
    text = "\n\n".join(paragraphs(language))
    assert cleaned(text, language) == paragraphs(language)
    assert cleaned(text, None) == paragraphs(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_paragraph_may_be_the_lead(language: str) -> None:
    """Below a title, whatever sign the first paragraph ends with, it is not taken for a standfirst."""
    for first in range(PARAGRAPHS):
        turned = paragraphs(language)[first:] + paragraphs(language)[:first]
        assert cleaned("\n\n".join(turned), language, "Varnby 2031") == turned


@pytest.mark.parametrize("language", LANGUAGES)
def test_print_lines_are_joined(language: str) -> None:
    """Wrapped at 40 columns, each paragraph becomes what it was, suspended hyphens included."""
    text = "\n\n".join(map(wrapped, paragraphs(language)))
    assert cleaned(text, language) == paragraphs(language)


@pytest.mark.parametrize("language", HYPHENATED)
def test_broken_words_are_whole(language: str) -> None:
    """In a column with words broken at the line ends, each paragraph becomes what it was."""
    broken = 0
    for width in (34, 40, 46):
        text = "\n\n".join(wrapped(paragraph, width, hyphenate=True) for paragraph in paragraphs(language))
        broken += len(re.findall(r"\w-\n", text))
        assert cleaned(text, language) == paragraphs(language)
    assert broken >= 3
