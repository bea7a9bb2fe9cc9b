"""Lines with labels above a text become fields; labelled lines of an author stay."""

import pytest

from worker.article import Article
from worker.clean import clean

TEXTS = {
    "en": "The harbour of Varnby opens again in May after a year of repairs, the port office said on Monday.",
    "de": "Der Hafen von Varnby öffnet im Mai nach einem Jahr der Bauarbeiten wieder, sagte das Hafenamt am Montag.",
    "ja": "ヴァルンビュー港は一年の工事を終えて五月に再び開くと、港湾事務所が月曜日に発表した。",
}


@pytest.mark.parametrize(
    ("language", "head", "title", "byline"),
    [
        (
            "en",
            "Headline: Harbour opens\nBy: Mara Ellund\nLink: https://courier.example/1",
            "Harbour opens",
            "Mara Ellund",
        ),
        ("de", "Titel: Hafen öffnet\nDatum: 9. April 2031\nAutor: Mara Ellund", "Hafen öffnet", "Mara Ellund"),
        (
            "ja",
            "タイトル：港が五月に開く\n日付：2031-04-09\n著者：マーラ・エルンド",
            "港が五月に開く",
            "マーラ・エルンド",
        ),
    ],
)
def test_head_becomes_fields(language: str, head: str, title: str, byline: str) -> None:
    """The lines go, and title and author are in their fields."""
    cleaned = clean(Article(f"{head}\n\n{TEXTS[language]}", language=language))
    assert (cleaned.text, cleaned.title, cleaned.byline) == (TEXTS[language], title, byline)


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("en", "Topic: the quay, and who pays for it.\n\n"),
        ("de", "Titel: Der lange Hafen\nAutor: Ida Holm\nSeiten: 312\n\n"),
        ("ja", "場所：東埠頭\n時間：午後七時\n\n"),
    ],
)
def test_labelled_lines_of_an_author_stay(language: str, opening: str) -> None:
    """One line, and a box with labels that no crawler writes, are the author's."""
    text = opening + TEXTS[language]
    assert clean(Article(text, language=language)).text == text
