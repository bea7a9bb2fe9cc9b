"""Dates above a text are stored with their time and zone, and removed; words of the author stay."""

from datetime import UTC, datetime

import pytest

from worker.article import Article
from worker.clean import clean
from worker.clean.dates import parse_date

BODY = "The lock at Tarnow opens again in June, the water board said.\n\nBoats use the old canal until then."


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ("2033-05-17T08:40:00-03:00 ", "2033-05-17T11:40"),
        ("2033-05-17 08:40 CEST\n", "2033-05-17T06:40"),
        ("2033-05-17T08:40:00+02:00[Europe/Rome]\n", "2033-05-17T06:40"),
        ("Tue May 17, 2033 8:40am EDT\n", "2033-05-17T12:40"),
        ("Tue May 17, 2033 8:40am EDT ", "2033-05-17T12:40"),
        ("Posted: May 17, 2033 8:40 PM PDT\n\n", "2033-05-18T03:40"),
        ("17.05.2033, 08:40 Uhr\n\n", "2033-05-17T08:40"),
        ("Veröffentlicht am 17.05.2033 um 08:40 Uhr\n\n", "2033-05-17T08:40"),
        ("17 mai 2033 à 08h40\n\n", "2033-05-17T08:40"),
        ("17 мая 2033, 08:40 MSK\n\n", "2033-05-17T05:40"),
        ("May 17, 2033 8:40 am QQT\n\n", "2033-05-17T00:00"),  # a zone that is not known: the day alone
    ],
)
def test_a_date_above_the_text(head: str, moment: str) -> None:
    """Offset and zone count, in several languages; with an unknown zone only the day is stored."""
    cleaned = clean(Article(head + BODY, language="en"))
    assert cleaned.text == BODY
    assert cleaned.published_at == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "opening",
    [
        "2033-05-17 08:40 NATO said that its ships had left.",
        "Reuters May 17, 2033 8:40 AM",
        "Tue May 17, 2033 at noon was the date of the vote.",
        "17 mai 2033 à 08h40, le pont a cédé.",
    ],
)
def test_words_behind_a_date_stay(opening: str) -> None:
    """A word in capitals behind a time is not a zone, and a sentence that begins with a date stays whole."""
    text = clean(Article(f"{opening}\n\n{BODY}", language="en")).text
    assert text.split("\n")[0] in (opening, opening.removeprefix("2033-05-17 08:40 "))


def test_zeros_are_no_dates() -> None:
    """The zero of a program above a text is not its date."""
    assert parse_date("1970-01-01 00:00") is None
    assert parse_date("0001-01-01") is None
