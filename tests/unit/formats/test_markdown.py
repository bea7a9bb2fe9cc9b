"""Markdown's marks go, and with them nothing that somebody wrote."""

import time

import pytest

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
def test_what_somebody_said_stays(line: str) -> None:
    """A speaker in brackets is no link, and not every star is an emphasis."""
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
def test_addresses_of_links_go(line: str) -> None:
    """Where a link leads is no part of the text."""
    assert (
        _text(f"It began [at noon][dam].\n\n{line}\n\nThey parted.").split() == "It began at noon. They parted.".split()
    )


@pytest.mark.parametrize("piece", ["/", "a.", " \t", '"', "(", "a "])
def test_a_long_line_costs_no_more_than_its_length(piece: str) -> None:
    """A line built against the pattern of addresses is read in a moment."""
    started = time.process_time()
    _text("It began.\n[a]: /" + piece * (200_000 // len(piece)) + " x\n")
    assert time.process_time() - started < 1
