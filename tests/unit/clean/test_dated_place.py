"""Datelines of agencies that are not listed, and of companies: a place and a day; sentences with a date stay whole."""

import pytest

from worker.article import Article
from worker.clean import clean

SENTENCE = "The council of Varnby closes the quay for eight months, chairwoman Eva Colmo said."


@pytest.mark.parametrize(
    ("opening", "agency", "dateline"),
    [
        ("Askery, 9 abr (Nordica).- ", "Nordica", "Askery, 9 abr"),
        ("La Habana, 9 abr (Nordica) ", "Nordica", "La Habana, 9 abr"),
        ("ВАРНБИ, 9. АПРИЛА /НОРД/ - ", "НОРД", "ВАРНБИ, 9. АПРИЛА"),
        ("Askery, April 9, 2031 (North Sea Wire) – ", "North Sea Wire", "Askery, April 9, 2031"),
        ("München, 9. April 2031 – ", None, "München, 9. April 2031"),
        ("Askery, 9 de abril de 2031.- ", None, "Askery, 9 de abril de 2031"),
        ("Bern, 09.04.2031 - ", None, "Bern, 09.04.2031"),
        ("Frankfurt am Main, den 9. April 2031 – ", None, "Frankfurt am Main, 9. April 2031"),
        ("(瓦恩比9日訊)", None, "瓦恩比9日"),
    ],
)
def test_a_place_and_a_day_are_a_dateline(opening: str, agency: str | None, dateline: str) -> None:
    """The agency need not be listed, and there need be none if the day has its year."""
    cleaned = clean(Article(opening + SENTENCE))
    assert (cleaned.text, cleaned.agency, cleaned.dateline) == (SENTENCE, agency, dateline)


@pytest.mark.parametrize(
    "text",
    [
        "Paris, 9 May (1968). The students of Varnby remember the day on which the quay was closed for good.",
        "Geneva, 9 April (Wednesday) - the council met again and voted for the quay in the evening.",
        "Eva Colmo, 9 April 2031 – the day she will not forget – opened the quay of Varnby.",
        "The law of 9 April 2031 – The Quay Act – is short and was written by Eva Colmo in one night.",
        "Seit dem 9. April 2031 – Die Stadt hatte es angekündigt – ist der Kai zu.",
        "Thursday, 9 April 2031 – The quay opened at nine.",
        "Mara Ellund, 34 (Grüne) - Die Kandidatin aus Varnby will den Kai öffnen und die Fähren retten.",
        "Oslo, May 9 (Spektrum) - sold out\n\nBergen, May 10 (Grieghallen) - few seats left",
    ],
)
def test_a_sentence_with_a_date_is_kept(text: str) -> None:
    """A date in a sentence, or of a concert, is no dateline."""
    cleaned = clean(Article(text))
    assert (cleaned.text, cleaned.dateline) == (text, None)


def test_the_day_of_a_dateline_is_the_date_of_the_article() -> None:
    """A day in figures with stops has one order in every language."""
    published = clean(Article(f"Bern, 09.04.2031 - {SENTENCE}")).published_at
    assert published is not None
    assert published.date().isoformat() == "2031-04-09"
