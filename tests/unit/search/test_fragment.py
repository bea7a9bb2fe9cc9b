"""Which part of a text is shown, and what of it is marked."""

from hypothesis import given
from hypothesis import strategies as st

from worker.search.fragment import fragment
from worker.search.query import parse
from worker.search.words import plain

TEXT = "A word before. " * 40 + "The harbour of Ostrel was closed. " + "A word after. " * 40


def stem(word: str) -> tuple[str, ...]:
    """Return a word without accents."""
    return (plain(word),)


def test_the_part_with_most_terms_is_shown() -> None:
    """The fragment has the words that are looked for, begins and ends at blanks, and shows that it is a part."""
    runs = fragment(f"harbour {TEXT}", parse("harbour ostrel"), stem)
    shown = "".join(run.text for run in runs)
    assert "The harbour of Ostrel was closed." in shown
    assert [run.text for run in runs if run.found] == ["harbour", "Ostrel"]
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 202


def test_only_whole_phrases_are_marked() -> None:
    """Words of a phrase are marked where they follow each other; pairs of characters become one mark."""
    runs = fragment("The port. The port strike.", parse('"port strike"'), stem)
    assert [run.text for run in runs if run.found] == ["port strike"]
    runs = fragment("港区的港口区", parse("港口区"), stem)
    assert [(run.text, run.found) for run in runs] == [("港区的", False), ("港口区", True)]


def test_a_text_without_the_words_has_no_fragment() -> None:
    """Nothing is shown where nothing was found."""
    assert fragment(TEXT, parse("crane"), stem) == []
    assert fragment("", parse("crane"), stem) == []


@given(st.text(max_size=500), st.text(max_size=20))
def test_a_fragment_is_a_piece_of_the_text(text: str, typed: str) -> None:
    """Whatever the text, its fragment without the dots is a piece of it, and not longer than two lines and a word."""
    runs = fragment(text, parse(typed), stem)
    shown = "".join(run.text for run in runs)
    assert shown.removeprefix("…").removesuffix("…") in text or shown in text
