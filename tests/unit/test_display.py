"""File names of any bytes are shown as one harmless line, which can be typed back."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.display import as_id, escape_path, escape_text, unescape_path


@given(st.binary())
def test_a_shown_name_can_be_typed_back(name: bytes) -> None:
    """For any bytes, unescaping the shown name returns exactly those bytes."""
    assert unescape_path(escape_path(name)) == name


@given(st.binary() | st.text().map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_a_shown_name_commands_no_terminal(name: bytes) -> None:
    """A shown name contains no control character, direction mark or undecodable byte."""
    assert not {unicodedata.category(c) for c in escape_path(name)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"inbox/plain name.txt", "inbox/plain name.txt"),
        ("inbox/naïve 記事.txt".encode(), "inbox/naïve 記事.txt"),
        (b"two\nlines", r"two\x0alines"),
        (b"\x1b[2Jgone", r"\x1b[2Jgone"),
        (b"latin-\xe9", r"latin-\xe9"),
        ("\u202etxt.exe".encode(), r"\u202etxt.exe"),
        (b"back\\slash", r"back\\slash"),
    ],
)
def test_names_are_shown_readably(name: bytes, expected: str) -> None:
    """Text stays unchanged; only characters that can't be shown are escaped."""
    assert escape_path(name) == expected


@given(st.text())
def test_harmless_text_keeps_its_lines(line: str) -> None:
    """Line breaks, tabs and joiners stay; every character that a terminal would obey is escaped."""
    left = {unicodedata.category(c) for c in escape_text(line) if c not in "\n\t\u200c\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text() | st.from_regex(r"\A\\[xuU][0-9a-f]{2,8}\Z"))
@example(r"C:\ud800\x")
@example(r"C:\Uffffffff")
def test_any_typed_line_is_a_name(line: str) -> None:
    """A person may type a name that was never shown: any line can be unescaped."""
    assert isinstance(unescape_path(line.encode("utf-8", "replace").decode()), bytes)


@pytest.mark.parametrize(
    ("name", "number"),
    [("7", 7), ("2147483647", 2147483647), ("2147483648", None), ("9" * 5_000, None), ("7.txt", None), ("-7", None)],
)
def test_a_name_of_digits_may_be_an_id(name: str, number: int | None) -> None:
    """A row of digits is an id up to the largest id; a longer one is a name."""
    assert as_id(name) == number
