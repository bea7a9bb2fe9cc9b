"""A date alone between headline and text is that of the article."""

from datetime import UTC, datetime

import pytest

from worker.article import Article
from worker.clean import clean

HEADLINE = "Varnby closes its eastern quay"
PROSE = "The harbour council of Varnby voted on Tuesday to close the eastern quay for eight months."
DAY = datetime(2031, 4, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "8 April 2031",
        "April 8, 2031",
        "2031-04-08",
        "08.04.2031",
        "8. dubna 2031",
        "8 de abril de 2031",
        "8 апреля 2031 г.",
        "2031年4月8日",
        "2031년 4월 8일",
        "٨ أبريل ٢٠٣١",
        "Skarn, 8 April 2031",
        "Frankfurt am Main, 8. April 2031",
        "Nový Varnby – 8. dubna 2031",
    ],
)
@pytest.mark.parametrize("titled", [True, False])
def test_date_below_the_headline(line: str, *, titled: bool) -> None:
    """It is stored and removed, below a headline in the text or in a field of its own."""
    head = "" if titled else f"{HEADLINE}\n\n"
    cleaned = clean(Article(f"{head}{line}\n\n{PROSE}", title=HEADLINE if titled else None, language="en"))
    assert (cleaned.title, cleaned.published_at, cleaned.text) == (HEADLINE, DAY, PROSE)
    assert cleaned.dateline == (line if line[0].isalpha() and line[0] not in "A٨" else None)


def test_byline_and_date_below_the_headline() -> None:
    """Both may be there."""
    cleaned = clean(Article(f"{HEADLINE}\n\nBy Mara Ellund\n\n8 April 2031\n\n{PROSE}", language="en"))
    assert (cleaned.title, cleaned.byline, cleaned.published_at) == (HEADLINE, "Mara Ellund", DAY)
    assert cleaned.text == PROSE


@pytest.mark.parametrize(
    "text",
    [
        f"8 April 2031\n\n{PROSE}\n\n9 April 2031\n\n{PROSE[::-1]}.",
        f"8 April 2031, the day the quay closed\n\n{PROSE}",
        f"March 2031\n\n{PROSE}",
        f"8 April\n\n{PROSE}",
        "8 April 2031",
    ],
)
def test_date_of_the_author_stays(text: str) -> None:
    """The dates of several entries, a sentence with a date, a month, a day without a year, a date as the whole text."""
    assert clean(Article(text, title=HEADLINE, language="en")).text == text


def test_another_date_than_that_of_the_file_stays() -> None:
    """A text of 1931 that is published today keeps its date; the file's own date is the better one."""
    published = datetime(2031, 4, 8, 7, 30, tzinfo=UTC)
    old, same = (
        clean(Article(f"{line}\n\n{PROSE}", title=HEADLINE, published_at=published, language="en"))
        for line in ("8 April 1931", "8 April 2031")
    )
    assert old.text.startswith("8 April 1931")
    assert same.text == PROSE
    assert old.published_at == same.published_at == published


@pytest.mark.parametrize("line", ["8 April 1931", "1 January 1970"])
def test_date_without_a_title_stays(line: str) -> None:
    """Above an untitled text it may be all that names the entry."""
    assert clean(Article(f"{line}\n\n{PROSE}", language="en")).text.startswith(line)
