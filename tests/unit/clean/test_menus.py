"""The menus of a page are removed from above and below its article."""

import pytest

from worker.clean.menus import KEPT_ABOVE, MIN_ENTRIES, drop_menu_lines, drop_run_on_menus
from worker.clean.metadata import Metadata

PROSE = (
    "The harbour of Varnby opens again in May after a year of repairs, the port office said on Monday. "
    "Two of the four quays will take ferries from the first day, and freight will follow in June."
)
MENU = "Home News Sport Weather Harbour Ferries Fishing Culture Letters Archive Jobs Cars Homes Notices " * 3


def test_lines_above_and_below_the_prose_are_removed() -> None:
    """Of the lines above, the last three are kept, which may be headline, byline and date; those below are removed."""
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
    """A few lines, lists of dates, short sentences and a text without prose are left unchanged."""
    assert drop_menu_lines(lines) == lines


@pytest.mark.parametrize("text", [MENU + PROSE * 2, PROSE * 2 + " " + MENU, MENU + PROSE * 2 + " " + MENU])
def test_menu_on_the_text_line_is_removed(text: str) -> None:
    """A run of capitalised words at either end of the line is removed, and the prose is kept."""
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
    """Prose, teams with commas and figures, and texts of which too little would be left are not cut."""
    assert drop_run_on_menus(text, Metadata()) == (text, 0)


def test_dateline_after_a_menu_stays() -> None:
    """The capitals of a dateline and of the following agency name belong to the text, not to the menu before it."""
    text = f"{MENU}Published Monday 8:22AM EST VARNBY -- The Baltic Port Agency opens its harbour in May. {PROSE * 3}"
    assert drop_run_on_menus(text, Metadata()).text.startswith("VARNBY -- The Baltic Port Agency opens")
