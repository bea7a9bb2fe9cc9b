"""Texts with the menus of their page in; the article between them out."""

import pytest

from worker.clean.menus import KEPT_ABOVE, MIN_ENTRIES, drop_menu_lines, drop_run_on_menus
from worker.clean.metadata import Metadata

PROSE = (
    "The harbour of Varnby opens again in May after a year of repairs, the port office said on Monday. "
    "Two of the four quays will take ferries from the first day, and freight will follow in June."
)
MENU = "Home News Sport Weather Harbour Ferries Fishing Culture Letters Archive Jobs Cars Homes Notices " * 3


def test_lines_above_and_below_the_prose_go() -> None:
    """Entries above go but for the last three, which may be headline, byline and date; those below all go."""
    above = ["Home", "News", "Sport", "Weather", "Harbour opens", "Mara Ellund", "Monday"]
    below = ["Ferries return", "Storm closes bridge", "Old mole found", "Fish hall sold"]
    assert drop_menu_lines([*above, PROSE, *below]) == [*above[-KEPT_ABOVE:], "", PROSE]


@pytest.mark.parametrize(
    "lines",
    [
        ["Home", "News", PROSE, "Ferries return"],
        [PROSE, *(f"June {day}: Askery" for day in range(MIN_ENTRIES))],
        [PROSE, *["It is cold."] * MIN_ENTRIES],
        ["Home"] * 20,
        [],
    ],
    ids=["few", "dates", "sentences", "no prose", "nothing"],
)
def test_author_lines_stay(lines: list[str]) -> None:
    """A few lines, lists of dates, short sentences and a text without prose are left alone."""
    assert drop_menu_lines(lines) == lines


@pytest.mark.parametrize("text", [MENU + PROSE * 2, PROSE * 2 + " " + MENU, MENU + PROSE * 2 + " " + MENU])
def test_menu_on_the_text_line_goes(text: str) -> None:
    """What is capitalised word by word at an end of the line is cut off, and the prose stays."""
    left = drop_run_on_menus(text, Metadata()).text
    assert "opens again in May" in left
    assert "follow in June." in left
    assert "Notices" not in left


@pytest.mark.parametrize(
    "text",
    [
        PROSE * 4,
        PROSE * 4 + " Varnby: Ellund, Askery, Holm, Berg, Lund, Dahl, Strand, Vik, Nes, Haug. Goals: Holm 7, Vik 80. "
        "Askery: Moe, Lie, Foss, Ness, Rud, Bakke, Eide, Moen, Lien, Solberg, Hagen, Berge, Aas, Rise, Tveit, Sand.",
        MENU,
        (PROSE * 4).upper(),
    ],
    ids=["prose", "teams", "nothing but a menu", "capitals"],
)
def test_prose_and_lists_on_one_line_stay(text: str) -> None:
    """Prose, teams with commas and figures, and texts that would be left empty are not cut."""
    assert drop_run_on_menus(text, Metadata()) == (text, 0)


def test_dateline_after_a_menu_stays() -> None:
    """The capitals of a dateline and of the agency's name after it belong to the text, not to the menu before it."""
    text = f"{MENU}Published Monday 8:22AM EST VARNBY -- The Baltic Port Agency opens its harbour in May. {PROSE * 3}"
    assert drop_run_on_menus(text, Metadata()).text.startswith("VARNBY -- The Baltic Port Agency opens")
