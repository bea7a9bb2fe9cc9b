"""The five real files are cleaned as issue 2 requires. Skipped if the files are not available."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker.article import Article, Cleaned
from worker.clean import clean

SHARED = Path(os.environ.get("COPYDESK_SHARED") or Path(__file__).parents[4] / "shared")
pytestmark = pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="the real files are not next to this checkout")


def cleaned(start: str) -> Cleaned:
    """Return the cleaned real file whose name begins with ``start``."""
    (path,) = (SHARED / "seeds").glob(f"{start}_*.txt")
    return clean(Article(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def column() -> Cleaned:
    """Return the print column, cleaned."""
    return cleaned("004")


@pytest.mark.parametrize(
    "word",
    ["before", "Kazakhstan", "China", "Cooperation", "Xi-Putin", "U.S.-led", "Siberia", "important", "anti-western"],
)
def test_words_of_the_column_are_whole(column: Cleaned, word: str) -> None:
    """Words that were broken at a line end are whole in the column."""
    assert re.search(rf"(?<!\w)(?:{word})", column.text)


def test_no_line_end_hyphen_is_left(column: Cleaned) -> None:
    """All 42 breaks are repaired, and no other hyphen is mistaken for a break."""
    assert column.changes["hyphens"] == 42
    assert not re.search(r"\w- ", column.text)
    assert "shackle - or even destroy - Russia" in column.text


def test_lines_of_a_paragraph_are_joined(column: Cleaned) -> None:
    """Every paragraph begins with a capital or a quote and ends with a full stop."""
    for paragraph in column.text.split("\n\n"):
        assert re.fullmatch(r"[“A-Z][^\n]*[.][”]?", paragraph), paragraph


def test_headline_and_dateline_become_fields(column: Cleaned) -> None:
    """The first line is the title, place and agency are fields, and the text begins with its first sentence."""
    assert column.title == "Xi Heading to Samarkand to Boost Iran, Russia Ties"
    assert (column.dateline, column.agency) == ("LONDON/BEIJING", "Reuters")
    assert column.text.startswith("Xi Jinping will leave China")


def test_scrape_is_dated_and_its_sentences_are_split() -> None:
    """The date prefix is moved to its field and glued sentences are split."""
    scrape = cleaned("002")
    assert scrape.published_at == datetime(2022, 9, 12, tzinfo=UTC)
    assert scrape.text.startswith("Xi Supreme")
    for pair in ("summit. Xi", "global economy. Putin's", "Putin The trip", 'war. "It', 'operation". "The'):
        assert pair in scrape.text
    assert not re.search(r"[a-z]{2}[.!?]\"?[A-Z]", scrape.text)


def test_back_translation_loses_stop_and_tail() -> None:
    """The doubled stop is single and the list of categories at the end is removed."""
    text = cleaned("001").text
    assert "friction.\n" in text
    assert "ategorized" not in text


def test_dateline_of_a_city_alone() -> None:
    """A city in capitals before a dash is also a dateline."""
    article = cleaned("000")
    assert article.dateline == "BEIJING"
    assert article.text.startswith("Chinese President")


@pytest.mark.parametrize("start", ["000", "001", "002", "003", "004"])
def test_cleaning_again_changes_nothing(start: str) -> None:
    """A cleaned real file is left unchanged, with its fields and without them."""
    once = cleaned(start)
    again = clean(Article(once.text, title=once.title, language=once.language, published_at=once.published_at))
    assert again.text == once.text
    assert clean(Article(once.text)).text == once.text
