"""The longest shared passages of two texts are found and shown as each text writes them."""

from hypothesis import given
from hypothesis import strategies as st

from worker.explain import passages
from worker.explain.passages import FEWEST_WORDS
from worker.explain.words import words

_TEXTS = st.lists(
    st.sampled_from(["the", "crane", "fell", "on", "a", "pier", "near", "Ostrel", ",", "."]), max_size=60
).map(" ".join)


@given(_TEXTS, _TEXTS)
def test_a_passage_stands_in_both_texts(first: str, second: str) -> None:
    """Every passage is a piece of each text with the same words, and long enough to mean something."""
    for passage in passages(first, second):
        assert passage.first in first
        assert passage.second in second
        forms = [token.form for token in words(passage.first)]
        assert forms == [token.form for token in words(passage.second)]
        assert len(forms) == passage.words >= FEWEST_WORDS


def test_marks_and_case_do_not_part_a_passage() -> None:
    """Each side keeps its own commas and capitals."""
    [found] = passages("So THE CRANE fell, on Monday, at dawn.", "Then: the crane fell on Monday at dawn!")
    assert (found.first, found.second) == ("THE CRANE fell, on Monday, at dawn", "the crane fell on Monday at dawn")


def test_the_longest_come_first_and_no_more_than_asked() -> None:
    """An editor sees the strongest passages at the top."""
    long, short = "alder birch cedar dogwood elm fir gorse", "hazel ivy juniper kapok larch"
    found = passages(f"{short}. {long}.", f"{long}, then {short}", most=2)
    assert [passage.words for passage in found] == [7, 5]
    assert len(passages(f"{short}. {long}.", f"{long}, then {short}", most=1)) == 1


def test_texts_without_a_shared_passage_give_none() -> None:
    """Four words in a row are a phrase, not a passage."""
    assert passages("the crane fell down today", "the crane fell down yesterday") == []


def test_a_text_that_repeats_itself_ends() -> None:
    """Ten thousand times the same word is one passage."""
    [found] = passages("ha " * 10_000, "ha " * 9_000)
    assert found.words == 9_000
