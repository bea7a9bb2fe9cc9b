"""PDF: justified columns, drop caps, raised letters, headlines, captions, turned text; each word in its place."""

import pytest

from tests.unit.formats.pdfs import pdf, turned
from tests.unit.formats.reads import only

Drawn = tuple[float, float, float, str]
LEFT = [f"left side number {number} of a page" for number in range(8)]
RIGHT = [f"right side number {number} of a page" for number in range(8)]


def words(text: str) -> str:
    """Return the text on one line."""
    return " ".join(text.split())


def column(left: float, top: float, lines: list[str], size: float = 10) -> list[Drawn]:
    """Return ``lines`` one below the other."""
    return [(left, top - 1.4 * size * number, size, line) for number, line in enumerate(lines)]


def word_by_word(left: float, top: float, lines: list[str], gap: float = 10) -> list[Drawn]:
    """Return the words of justified lines, which are drawn one by one."""
    drawn = []
    for number, line in enumerate(lines):
        x = left + number % 3
        for word in line.split():
            drawn.append((x, top - 14.0 * number, 10.0, word))
            x += 5.0 * len(word) + gap
    return drawn


def text_of(pages: list[list[Drawn]], stamp: str = "") -> str:
    """Return the text of a PDF."""
    return only(pdf(pages, stamp=stamp), "a.pdf").text


def test_justified_columns_are_read_one_after_the_other() -> None:
    """The width of a column is that of its lines, not that of the words which are drawn one by one."""
    narrow = [[f"{name} side no {number} of it" for number in range(9)] for name in ("first", "second", "third")]
    page = [line for n, lines in enumerate(narrow) for line in word_by_word(40 + 185 * n, 700, lines)]
    assert words(text_of([page])) == " ".join(line for lines in narrow for line in lines)


def test_wide_gaps_between_words_do_not_divide_one_column() -> None:
    """No strip is free of words on most of the lines."""
    text = "The ferry to Lindholm will sail for two more winters although its engine is older than most of those on it"
    lines = [" ".join((text.split() * 2)[3 * n : 3 * n + 7]) for n in range(8)]
    assert words(text_of([word_by_word(50, 700, lines)])) == " ".join(lines)


def test_a_column_with_a_ragged_edge_stays_whole() -> None:
    """The page is cut where the lines on the right begin, not where short lines on the left end."""
    left = [line + " and more of it" * (number % 2) for number, line in enumerate(LEFT)]
    page = [
        (50.0, 760.0, 20.0, "A headline over both of the columns"),
        *column(50, 700, left),
        *column(310, 700, RIGHT),
    ]
    assert words(text_of([page])).endswith(" ".join(left + RIGHT))


def test_rows_of_a_table_stay_rows() -> None:
    """Cells begin with capitals or numbers, lines of prose mostly do not."""
    teams = [
        ("Varnby Town Football Club", "Lindholm United", "2-1"),
        ("Osterby Wanderers", "Rask Athletic Club", "0-0"),
    ]
    teams += [
        ("North Shore Rovers", "Upper Town Albion", "3-2"),
        ("Breakwater Sporting", "Cellar Street Olympic", "1-4"),
    ]
    page = [
        (x, 700.0 - 14 * n, 10.0, cell)
        for n, row in enumerate(teams)
        for x, cell in zip((50.0, 230.0, 400.0), row, strict=True)
    ]
    assert text_of([page]).split("\n") == [" ".join(row) for row in teams]


@pytest.mark.parametrize(
    ("cap", "lines", "first"),
    [
        (
            "T",
            ["he ferry to the island will sail", "for two more winters, although", "its engine is older"],
            "The ferry",
        ),
        ("A", ["storm tore the roof from the office", "of the harbour on Sunday and left", "a family"], "A storm"),
        ("A", ["fter a storm tore the roof from the", "harbour office, four families of the", "town"], "After a"),
        ("T", ["HE FERRY to the island will sail", "for two more winters, although", "its engine is old"], "THE FERRY"),
        ("“N", ["obody can wait for a ship that", "exists on paper only,” said Jonas", "Feld of the"], "“Nobody can"),
    ],
)
def test_a_drop_cap_is_the_first_letter_of_its_line(cap: str, lines: list[str], first: str) -> None:
    """It is a word of its own only if the rest is a word and both together are none."""
    below = [
        "harbour, and nobody on the island that",
        "is so far away from all was surprised by",
        "what the council did.",
    ]
    page = [(50.0, 673.0, 40.0, cap), *column(60 + 27 * len(cap), 700, lines), *column(50, 658, below)]
    text = text_of([page])
    assert text.startswith(first)
    assert words(text).endswith(" ".join([*lines, *below]).partition(" ")[2])
    assert "\n\n" not in text


def test_raised_letters_stay_in_their_word() -> None:
    """The number of a footnote is no part of the word in front of it."""
    page = [(50.0, 700.0, 10.0, "On April 9"), (94.6, 703.5, 6.0, "th"), (106.0, 700.0, 10.0, "the hall of 400 m")]
    page += [(180.5, 703.5, 6.0, "2"), (186.0, 700.0, 10.0, "was decided"), (242.0, 703.5, 6.0, "1")]
    assert text_of([page]) == "On April 9th the hall of 400 m2 was decided 1"


def test_a_headline_is_one_line() -> None:
    """A headline over several lines is not taken for a headline and a lead."""
    page = [
        *column(50, 760, ["Council votes to keep the ferry", "sailing through two winters"], 20),
        *column(50, 690, LEFT),
    ]
    assert text_of([page]).startswith("Council votes to keep the ferry sailing through two winters\n")


@pytest.mark.parametrize("size", [7, 16])
def test_a_caption_or_pulled_quote_does_not_cut_a_sentence(size: float) -> None:
    """Lines in other letters inside a sentence follow its paragraph, in the next column too."""
    aside: list[Drawn] = [(50.0, 600.0, size, "Nobody can wait for a ship")]
    lines = [
        "The ferry to the island will sail",
        "for two more winters, although",
        "its engine is older than most",
        "of us.",
    ]
    below = column(50, 570, lines[2:])
    assert text_of([[*column(50, 630, lines[:2]), *aside, *below]]).split("\n\n") == ["\n".join(lines), aside[0][3]]
    page = [*column(50, 700, LEFT), (310.0, 700.0, size, aside[0][3]), *column(310, 670, RIGHT)]
    assert f"{LEFT[-1]}\n{RIGHT[0]}" in text_of([page])


def test_a_spaced_out_headline_has_whole_words() -> None:
    """The wider gaps are those between words."""
    spaced = [(50.0 + 22 * n + 12 * (n > 4), 760.0, 20.0, letter) for n, letter in enumerate("FERRYSTAYS")]
    assert text_of([[*spaced, *column(50, 700, LEFT)]]).startswith("FERRY STAYS\n")


@pytest.mark.parametrize(
    ("matrix", "x", "y", "right", "down"),
    [
        ("0 1 -1 0", 100, 50, (0, 260), (14, 0)),
        ("-1 0 0 -1", 550, 100, (-260, 0), (0, 14)),
        ("0 -1 1 0", 500, 800, (0, -260), (-14, 0)),
    ],
)
def test_a_turned_page_is_read(matrix: str, x: float, y: float, right: tuple[int, int], down: tuple[int, int]) -> None:
    """The columns are read one after the other, whether the page is turned or the text on it."""
    lines = [(side, n, line) for side, lines in enumerate((LEFT, RIGHT)) for n, line in enumerate(lines)]
    drawn = [(x + s * right[0] + n * down[0], y + s * right[1] + n * down[1], 10.0, line) for s, n, line in lines]
    assert words(text_of([[]], turned(matrix, drawn))) == " ".join(LEFT + RIGHT)


def test_watermarks_credits_and_marks_of_the_press_are_left_out() -> None:
    """Text on a slope, a few letters across the others, and what is outside of the page."""
    stamp = turned(".77 .64 -.64 .77", [(80, 560, 40, "ARCHIVE COPY")]) + turned(
        "0 1 -1 0", [(40, 600, 6, "PHOTO: I. BRANDT")]
    )
    marks = [(60.0, -20.0, 6.0, "VC_A01.indd 3")]
    assert text_of([[*column(50, 700, LEFT), *marks]], stamp) == "\n".join(LEFT)


def test_a_turned_table_is_kept() -> None:
    """It follows the text of its page."""
    stamp = turned(
        "0 1 -1 0", [(400 + 14 * n, 50, 10, f"Row {n} of a table that is set across the page") for n in range(8)]
    )
    text = text_of([column(50, 700, [*LEFT, *LEFT])], stamp)
    assert text.startswith(LEFT[0])
    assert all(f"Row {n} of a table" in text for n in range(8))
