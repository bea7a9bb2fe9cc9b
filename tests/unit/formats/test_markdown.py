"""Markdown's marks are removed, and none of the author's words."""

import pytest

from tests.cost import costs_at_most
from tests.unit.formats.reads import only


def _text(markdown: str) -> str:
    return only(markdown.encode(), "talk.md").text


@pytest.mark.parametrize(
    "line",
    [
        "[Smith]: We never said that the dam would hold.",
        "[Smith]: No.",
        "[Note]: The figures are provisional (see below).",
        "Snake_case and 5 * 3 * 2 = 30, says the note.",
    ],
)
def test_quotations_are_kept(line: str) -> None:
    """A speaker in brackets is not a link, and not every asterisk is emphasis."""
    assert _text(f"It began at noon.\n\n{line}\n\nThey parted.") == f"It began at noon.\n\n{line}\n\nThey parted."


@pytest.mark.parametrize(
    "line",
    [
        "[1]: https://courier.example/dam",
        '[dam]: https://courier.example/dam "About the dam"',
        "[dam]: <https://courier.example/dam> (About the dam)",
        "[dam]: ../dam.html 'About the dam'",
        "[dam]: dam.html",
        "[dam]: #below",
    ],
)
def test_link_definitions_are_removed(line: str) -> None:
    """The target of a link is not part of the text."""
    assert (
        _text(f"It began [at noon][dam].\n\n{line}\n\nThey parted.").split() == "It began at noon. They parted.".split()
    )


@pytest.mark.parametrize("piece", ["/", "a.", " \t", '"', "(", "a "])
def test_a_long_line_takes_linear_time(piece: str) -> None:
    """A line that is hostile to the pattern of link definitions is read in under a second."""
    with costs_at_most(1):
        _text("It began.\n[a]: /" + piece * (200_000 // len(piece)) + " x\n")


@pytest.mark.parametrize("line", ["{% include ad.html %}", '{{< figure src="a.jpg" >}}', "{{% notice %}}"])
def test_lines_that_a_generator_fills_in(line: str) -> None:
    """They are no text, also above the headline; signs within a sentence are the author's."""
    article = only(f"{line}\n\n# Quay closes\n\nIt began at noon.\n\n{line}\n\nThey {{% parted %}}.".encode(), "a.md")
    assert (article.title, article.text) == ("Quay closes", "It began at noon.\n\n\n\nThey {% parted %}.")
