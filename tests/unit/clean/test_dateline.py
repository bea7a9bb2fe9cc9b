"""Datelines become fields; a sentence that only begins like a dateline is kept whole."""

import pytest

from worker.article import Article
from worker.clean import clean

REST = "All ministers will talk about the budget for two days, said a spokesman. Nothing was decided in March."


@pytest.mark.parametrize(
    ("opening", "place"),
    [
        ("BEIJING — ", "BEIJING"),
        ("BEIJING, Sept. 12 -- ", "BEIJING, Sept. 12"),
        ("NEW YORK - ", "NEW YORK"),
        ("NEW YORK, Sept 12 (Reuters) - ", "NEW YORK, Sept 12"),
        ("NEW DELHI/LONDON (AP) — ", "NEW DELHI/LONDON"),
        ("THE HAGUE, Netherlands (AP) — ", "THE HAGUE, Netherlands"),
        ("MÜNCHEN – ", "MÜNCHEN"),
        ("LONDON — “Yes.” ", "LONDON"),
        ("LONDON — 32 states meet. ", "LONDON"),
    ],
)
def test_a_place_before_a_dash_is_a_dateline(opening: str, place: str) -> None:
    """A place in capitals before the first sentence is moved to its field."""
    cleaned = clean(Article(opening + REST))
    assert cleaned.dateline == place
    assert cleaned.text.endswith(REST)
    assert not cleaned.text.startswith(place[:3])


@pytest.mark.parametrize(
    "sentence",
    [
        "NATO — the military alliance of 32 states — meets in Vilnius.",
        "COVID – the illness that closed the world – is back.",
        "IBM - the oldest of them - sells its share.",
        "UNESCO -- which keeps the list -- said nothing.",
        "THE NEW RULES — All of them.",
        "NEW STUDY — It was made in May.",
        "EDF — énergie de France, as it was called — builds no more.",
    ],
)
def test_a_name_in_capitals_keeps_its_sentence(sentence: str) -> None:
    """If lower case follows the dash, the name is the subject of a sentence and not a place."""
    cleaned = clean(Article(f"{sentence}\n\n{REST}"))
    assert (cleaned.text, cleaned.dateline) == (f"{sentence}\n\n{REST}", None)
