"""Comparisons on a page: equal paragraphs are folded, and the page stays small."""

from hypothesis import given
from hypothesis import strategies as st

from worker.web.comparison import COMPARED_CHARACTERS, Comparison, compare

_PARAGRAPHS = st.lists(st.sampled_from([f"Paragraph {n} is about the ferry." for n in range(6)]), max_size=30)


def text_of(made: Comparison, side: str) -> str:
    """Return the text of one side of all rows."""
    rows = [row for stretch in made.stretches for row in stretch.rows]
    return "".join(run.text for row in rows for run in (row.left if side == "left" else row.right))


@given(_PARAGRAPHS, _PARAGRAPHS)
def test_short_texts_are_shown_whole(first: list[str], second: list[str]) -> None:
    """All paragraphs of both texts are on the page in their order, folded or not."""
    a, b = "\n\n".join(first), "\n\n".join(second)
    made = compare(a, b)
    assert (text_of(made, "left"), text_of(made, "right")) == (a, b)
    assert not made.omits
    assert made.is_equal == (a == b)
    assert all(row.kind == "same" for stretch in made.stretches if stretch.is_folded for row in stretch.rows)


def test_the_middle_of_equal_paragraphs_is_folded() -> None:
    """A paragraph next to each difference stays visible; equal texts are not folded at all."""
    text = "\n\n".join(f"Crane {n} lifts the crates." for n in range(20))
    folded = [stretch for stretch in compare(text, f"{text}\n\nThe ferry left.").stretches if stretch.is_folded]
    assert [len(stretch.rows) for stretch in folded] == [18]
    assert not any(stretch.is_folded for stretch in compare(text, text).stretches)


def test_a_replaced_beginning_is_followed_by_a_blank() -> None:
    """In one text with both versions the removed first words do not run into those that follow."""
    for first, second, expected in (
        ("With banks at their lowest", "They have banks at their lowest", "With They have banks at their lowest"),
        ("The first prime minister spoke", "prime minister spoke", "The first prime minister spoke"),
        ("“Bread” sold out", "Bread” sold out", "“Bread” sold out"),
    ):
        [stretch] = compare(first, second).stretches
        assert "".join(run.text for row in stretch.rows for run in row.runs) == expected


def test_paragraphs_that_share_little_are_apart() -> None:
    """Half of the longer paragraph must be in both, or a narrow screen has them below each other."""
    words = "The ferry to Skarn was late on Monday because a crane blocked the pier."
    shared = compare(words, f"{words} Nobody was hurt.").stretches[0].rows[0]
    apart = compare("The ferry to Skarn was late.", f"On Friday the ferry came, {words[40:]}").stretches[0].rows[0]
    assert shared.is_shared
    assert not apart.is_shared


def test_replaced_paragraphs_share_a_row() -> None:
    """A paragraph that only one text has is next to one that only the other has."""
    made = compare("The ferry was late.\n\nBread sold out.", "Nobody voted today.\n\nBread sold out.")
    assert [row.kind for stretch in made.stretches for row in stretch.rows] == ["replaced", "same"]


def test_a_long_text_is_cut_and_says_so() -> None:
    """Of texts that differ everywhere only the beginning is shown, even of a single paragraph."""
    for blank in (" ", "\n\n"):
        first, second = (blank.join(f"{word} {n}" for n in range(20_000)) for word in ("ferry", "boat"))
        made = compare(first, second)
        assert made.is_cut
        assert first.startswith(text_of(made, "left"))
        assert COMPARED_CHARACTERS / 2 < len(text_of(made, "left")) <= COMPARED_CHARACTERS


def test_a_late_difference_of_long_texts_is_shown() -> None:
    """Equal paragraphs without room are counted and left out, so that what differs at the end is shown."""
    text = "\n\n".join(f"Crane {n} lifts the crates of the day." for n in range(5_000))
    made = compare(text, f"{text}\n\nThe ferry left.")
    assert sum(stretch.omitted for stretch in made.stretches) == 4_998
    assert text_of(made, "right").endswith("The ferry left.")
    assert made.omits
    assert not made.is_cut
