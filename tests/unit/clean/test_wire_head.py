"""What agencies set above a dateline goes, and its facts are stored; without a dateline below, it stays."""

import pytest

from worker.article import Article
from worker.clean import clean

BODY = "The harbour council voted on Tuesday.\n\nIt meets again in May."


@pytest.mark.parametrize(
    ("head", "title", "byline"),
    [
        (
            "CORRECTED-Varnby closes its quay\n\n(Corrects sum in third paragraph)",
            "CORRECTED-Varnby closes its quay",
            None,
        ),
        (
            "UPDATE 2-Varnby closes its quay\n\n(Adds quotes, background)\n\nBy Mara Ellund",
            "UPDATE 2-Varnby closes its quay",
            "Mara Ellund",
        ),
        ("RPT-Varnby closes its quay\n\nEds: Adds AP Photos.", "RPT-Varnby closes its quay", None),
        (
            "Hafen öffnet\n\n(Berichtigt: Datum im 2. Absatz)\n\nVon Mara Ellund und Jon Askery",
            "Hafen öffnet",
            "Mara Ellund und Jon Askery",
        ),
        (
            "Varnby ferme son quai\n\nATTENTION - ajoute des détails ///\n\nPar Ida Rosenholm",
            "Varnby ferme son quai",
            "Ida Rosenholm",
        ),
        ("Varnby ferme son quai\n\n(Actualisé avec des précisions)", "Varnby ferme son quai", None),
        ("Varnby closes its quay\n\n* Adds quotes, background", "Varnby closes its quay", None),
        ("Varnby cierra su muelle\n\nAtención editores: corrige la fecha", "Varnby cierra su muelle", None),
    ],
)
def test_notes_headline_and_byline_above_a_dateline(head: str, title: str, byline: str | None) -> None:
    """Notes are removed; headline and byline are moved to their fields."""
    cleaned = clean(Article(f"{head}\n\nVARNBY, April 9 (Reuters) - {BODY}", language="en"))
    assert (cleaned.text, cleaned.title, cleaned.byline) == (BODY, title, byline)
    assert (cleaned.agency, cleaned.dateline) == ("Reuters", "VARNBY, April 9")


@pytest.mark.parametrize(
    "text",
    [
        f"(Corrects nothing) is the name of a play.\n\n{BODY}",
        f"Note to editors: we are proud of you. That is what she wrote.\n\n{BODY}",
        f"(Berichtigt wurde nichts, sagte er.)\n\n{BODY}",
        "Atención: el puerto cierra.\n\nEl consejo votó el martes y abre en mayo.",
    ],
)
def test_notes_without_a_dateline_stay(text: str) -> None:
    """A sentence in brackets is the author's if no dateline follows."""
    assert clean(Article(text)).text == text


@pytest.mark.parametrize(
    ("line", "dateline", "agency"),
    [
        ("VARNBY, April 9 (Reuters)", "VARNBY, April 9", "Reuters"),
        ("Varnby, 9 abr (EFE)", "Varnby, 9 abr", "EFE"),
        ("København", "København", None),
    ],
)
def test_a_separate_dateline_is_read(line: str, dateline: str, agency: str | None) -> None:
    """The dateline that a format keeps apart is taken to pieces like one in the text."""
    cleaned = clean(Article(BODY, dateline=line))
    assert (cleaned.text, cleaned.dateline, cleaned.agency) == (BODY, dateline, agency)


def test_key_points_stay_above_the_text_and_hide_no_dateline() -> None:
    """Entries that are no notes are the author's; the dateline below them is stored nevertheless."""
    points = "* Council votes 5-2\n* Ferries move"
    head = f"UPDATE 1-Varnby closes its quay\n\n{points}\n* Adds quotes\n\nBy Mara Ellund\n\n"
    cleaned = clean(Article(f"{head}VARNBY, April 9 (Reuters) - {BODY}", language="en"))
    assert (cleaned.agency, cleaned.dateline, cleaned.byline) == ("Reuters", "VARNBY, April 9", "Mara Ellund")
    assert all(line in cleaned.text for line in (*points.split("\n"), BODY))
    assert "Adds quotes" not in cleaned.text
    assert "Reuters" not in cleaned.text
