"""The longest shared passages of two texts are returned as each text writes them."""

from hypothesis import given
from hypothesis import strategies as st

from worker.explain.passages import FEWEST_WORDS, passages
from worker.explain.words import words

_TEXTS = st.lists(
    st.sampled_from(["the", "crane", "fell", "on", "a", "pier", "near", "Ostrel", ",", "."]), max_size=60
).map(" ".join)


@given(_TEXTS, _TEXTS)
def test_a_passage_is_in_both_texts(first: str, second: str) -> None:
    """Every passage is a piece of each text with the same words, and has the minimum length."""
    for passage in passages(first, second):
        assert passage.first in first
        assert passage.second in second
        forms = [token.form for token in words(passage.first)]
        assert forms == [token.form for token in words(passage.second)]
        assert len(forms) == passage.words >= FEWEST_WORDS


def test_marks_and_case_do_not_split_a_passage() -> None:
    """Each side keeps its own commas and capitals."""
    [passage] = passages("So THE CRANE fell, on Monday, at dawn.", "Then: the crane fell on Monday at dawn!")
    assert (passage.first, passage.second) == ("THE CRANE fell, on Monday, at dawn", "the crane fell on Monday at dawn")


def test_the_longest_come_first_and_no_more_than_asked() -> None:
    """The longest passages are first, and there are at most as many as requested."""
    long, short = "alder birch cedar dogwood elm fir gorse", "hazel ivy juniper kapok larch"
    longest = passages(f"{short}. {long}.", f"{long}, then {short}", most=2)
    assert [passage.words for passage in longest] == [7, 5]
    assert len(passages(f"{short}. {long}.", f"{long}, then {short}", most=1)) == 1


def test_texts_without_a_shared_passage_give_none() -> None:
    """Four shared words in a row are a phrase, not a passage."""
    assert passages("the crane fell down today", "the crane fell down yesterday") == []


def test_a_text_that_repeats_itself_ends() -> None:
    """A word repeated ten thousand times is one passage."""
    [passage] = passages("ha " * 10_000, "ha " * 9_000)
    assert passage.words == 9_000
