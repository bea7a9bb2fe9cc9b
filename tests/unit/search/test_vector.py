"""The vector that the index stores, and similar words."""

import pytest

from worker.search.spelling import is_known_kind, shape, similar
from worker.search.vector import article_words, vector


def stem(word: str) -> tuple[str, ...]:
    """Return the word itself; nothing of a stop word."""
    return () if word == "the" else (word,)


def test_words_have_their_positions() -> None:
    """Words of the headline weigh more, stop words keep their position, and no phrase crosses from headline to text."""
    title, body = article_words("Crane falls", "The crane, the pier")
    assert vector(title, body, stem, ["#0"]) == "'#0' 'crane':1A,5 'falls':2A 'pier':7"
    assert vector([], body, stem, []) == "'crane':2 'pier':4"


def test_a_vector_has_a_bound() -> None:
    """What exceeds a million bytes is left out; later positions are the last that Postgres knows."""
    text = [f"{'ж' * 40}{number}" for number in range(30_000)]
    built = vector([], text, stem, ["#0"])
    assert 800_000 < len(built.encode()) < 1_000_000
    assert vector([], ["a"] * 20_000 + ["b"], stem, []).endswith("'b':16383")


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("sharpova", ["sharapova", "sharp", "shrapnel"], ("sharapova",)),
        ("electoin", ["election", "elections", "electron"], ("election",)),
        ("muler", ["müller", "mule", "mules"], ("müller", "mule", "mules")),
        ("crane", ["drone", "plane"], ()),
        ("снегопда", ["снегопада", "снега"], ("снегопада",)),
    ],
)
def test_similar_words_differ_by_few_errors(word: str, candidates: list[str], expected: tuple[str, ...]) -> None:
    """The nearest words are chosen: one error in a short word, two in a long one; accents are no errors."""
    assert similar(word, candidates) == expected


def test_shapes_are_ascii() -> None:
    """The trigrams of a word are those of its shape, which has one letter for each letter without accent."""
    assert (shape("müller"), shape("crane")) == ("muller", "crane")
    assert shape("снег").isascii()
    assert len(shape("снег")) == 4


def test_numbers_and_short_words_are_not_corrected() -> None:
    """Numbers differ on purpose."""
    assert not any(map(is_known_kind, ("2027", "ab1234", "abc", "x" * 41)))
    assert is_known_kind("crane")
