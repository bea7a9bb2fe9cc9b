"""PDF: columns, paragraphs and page breaks; damaged, encrypted and scanned files."""

import random
import re
import sys

import pytest

from tests.cost import costs_at_most
from tests.unit.formats.pdfs import pdf
from tests.unit.formats.reads import only, refusal
from worker.errors import QuarantineError
from worker.formats import Limits
from worker.formats.readers.pdf_columns import in_reading_order
from worker.formats.readers.pdf_lines import Piece

Drawn = tuple[float, float, float, str]


def column(left: float, top: float, lines: list[str], size: float = 10) -> list[Drawn]:
    """Return ``lines`` one below the other."""
    return [(left, top - 1.4 * size * number, size, line) for number, line in enumerate(lines)]


def words(text: str) -> str:
    """Return the text on one line."""
    return " ".join(text.split())


LEFT = [f"left column line number {number} of this page" for number in range(8)]
RIGHT = [f"right column line number {number} of this page" for number in range(8)]


def test_two_columns_are_read_one_after_the_other() -> None:
    """The order does not depend on the drawing order, which is often row by row."""
    rows = sorted(column(50, 700, LEFT) + column(310, 700, RIGHT), key=lambda drawn: -drawn[1])
    assert words(only(pdf([rows]), "a.pdf").text) == words(" ".join(LEFT + RIGHT))


def test_three_columns_under_a_headline() -> None:
    """The headline is read first, then each column."""
    narrow = [[f"{name} line {number} of the page" for number in range(9)] for name in ("first", "second", "third")]
    page = [(50.0, 780.0, 24.0, "A headline that runs over all of the columns")]
    drawn = [line for n, lines in enumerate(narrow) for line in column(50 + 180 * n, 730, lines)]
    page += sorted(drawn, key=lambda line: -line[1])
    expected = " ".join(["A headline that runs over all of the columns", *narrow[0], *narrow[1], *narrow[2]])
    assert words(only(pdf([page]), "a.pdf").text) == expected


def test_a_headline_between_two_stories_divides_the_page_into_bands() -> None:
    """The columns of the lower story are not mixed with those of the upper one."""
    page = column(50, 760, LEFT[:4]) + column(310, 760, RIGHT[:4])
    page += [(50.0, 680.0, 20.0, "Another story begins with this long headline")]
    page += column(50, 640, LEFT[4:]) + column(310, 640, RIGHT[4:])
    expected = [*LEFT[:4], *RIGHT[:4], "Another story begins with this long headline", *LEFT[4:], *RIGHT[4:]]
    assert words(only(pdf([page]), "a.pdf").text) == " ".join(expected)


def test_one_column_stays_one() -> None:
    """Wide gaps between words are not a gutter."""
    lines = [f"one line number {number} with words enough to fill the width of the page well" for number in range(12)]
    assert only(pdf([column(50, 700, lines)]), "a.pdf").text == "\n".join(lines)


def test_gaps_and_indents_begin_paragraphs() -> None:
    """Paragraphs are separated by blank lines, so that cleaning does not join them."""
    page = [*column(50, 700, LEFT[:3]), (62.0, 658.0, 10.0, "indented line"), *column(50, 644, LEFT[4:6])]
    page += column(50, 590, LEFT[6:])
    text = only(pdf([page]), "a.pdf").text
    assert [len(part.split("\n")) for part in text.split("\n\n")] == [3, 3, 2]


def test_line_end_hyphens_are_kept_and_a_sentence_continues_on_the_next_page() -> None:
    """Page numbers are removed, the page break becomes a line break, and cleaning decides on the hyphen."""
    pages = [
        [*column(50, 700, ["The bridge was closed be-"]), (300.0, 30.0, 9.0, "- 1 -")],
        [*column(50, 700, ["fore the winter came."]), (300.0, 30.0, 9.0, "Page 2 of 2")],
    ]
    assert only(pdf(pages), "a.pdf").text == "The bridge was closed be-\nfore the winter came."


def test_a_pdf_without_text_is_refused() -> None:
    """Scanned pages need text recognition first."""
    assert "only pictures" in refusal(pdf([[]]), "a.pdf")


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_a_truncated_pdf_is_refused_or_read(keep: float) -> None:
    """Pdfium repairs a part of them; the others are refused as damaged."""
    whole = pdf([column(50, 700, LEFT)])
    cut = whole[: int(len(whole) * keep)]
    try:
        text = only(cut, "a.pdf").text
    except QuarantineError as error:
        text = str(error)
    assert re.search("left column|damaged|only pictures", text)


def test_an_encrypted_pdf_is_refused() -> None:
    """The message says to save it without a password."""
    key = "<" + "41" * 32 + ">"
    head = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O {key} /U {key} /P -4 >> /ID [<41> <41>]"
    assert "encrypted" in refusal(pdf([column(50, 700, LEFT)], head), "a.pdf")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how to install it."""
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert "pip install '.[pdf]'" in refusal(pdf([column(50, 700, LEFT)]), "a.pdf")


def test_a_text_named_pdf_is_refused() -> None:
    """The message says that it is not a PDF."""
    assert "no PDF at all" in refusal(b"The bridge is closed.", "a.pdf")


def test_a_page_of_scattered_letters_costs_little() -> None:
    """A page without any order, with as many pieces as are searched for columns, takes under half a second."""
    chance = random.Random(1)
    places = [(chance.random() * 590, chance.random() * 800, chance.random() * 8) for _ in range(3000)]
    with costs_at_most(0.5):
        in_reading_order([Piece(left, bottom, left + width, bottom + 8, "ab") for left, bottom, width in places])


def test_a_pdf_that_takes_too_long_is_refused_with_the_reason() -> None:
    """The pages of a PDF together have a budget of processor time."""
    pages = [column(50, 700, LEFT)] * 400
    assert "more than 0.01 seconds of processor time" in refusal(pdf(pages), "a.pdf", Limits(max_seconds=0.01))
