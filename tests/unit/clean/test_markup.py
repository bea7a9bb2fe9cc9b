"""Tags, pictures and link targets in a text are removed."""

import pytest

from worker.clean.markup import MIN_MENU_LINES, strip_markup
from worker.clean.metadata import Metadata


def unlinked(text: str) -> str:
    """Return ``text`` without its markup."""
    return strip_markup(text, Metadata()).text


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("the [port](https://port.example/a_(b)) opens", "the port opens"),
        ('the [port](https://port.example "Port of Varnby") opens', "the port opens"),
        ("a ![ferry](/a.jpg) lies here", "a  lies here"),
        ("[![ferry](/a.jpg) Ferries](/f) lie here", " Ferries lie here"),
        ("a<br>b<br/>c</p>d", "a\nb\nc\nd"),
        ('a <span class="x">quay</span> opens', "a quay opens"),
        ("## The quay\n[It](/q) opens", "The quay\nIt opens"),
    ],
)
def test_markup_becomes_what_is_seen(written: str, seen: str) -> None:
    """Words are kept; targets and tags are removed."""
    assert unlinked(written) == seen


@pytest.mark.parametrize(
    "text",
    [
        "a [note] (in brackets)",
        "see (https://port.example) and (https://b.example)",
        "use <b> and </b>",
        "a < b > c",
        "# 5",
    ],
)
def test_author_text_stays(text: str) -> None:
    """Brackets, one or two URLs, and a tag that the text is about are not markup of a page."""
    assert unlinked(text) == text


@pytest.mark.parametrize(("lines", "stays"), [(MIN_MENU_LINES, False), (MIN_MENU_LINES - 1, True)])
@pytest.mark.parametrize("entry", ["* [Ferries](/f)\n", "* Ferries (https://port.example/f)\n"])
def test_menu_needs_several_lines(entry: str, lines: int, stays: bool) -> None:
    """A few lines of nothing but a link may be a list of sources; more lines are a menu."""
    assert ("Ferries" in unlinked(entry * lines + "\nThey sail.")) is stays


def test_sentence_with_links_at_its_end_is_no_menu() -> None:
    """A paragraph in which a URL follows every clause keeps its words."""
    paragraph = "The port opens (https://a.example), and ferries return (https://b.example).\n\n"
    assert unlinked(paragraph * MIN_MENU_LINES).startswith("The port opens, and ferries return.")
