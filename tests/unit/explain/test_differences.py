"""Differences turn one text into the other and align passages as a reader would."""

from hypothesis import given
from hypothesis import strategies as st

from worker.explain.differences import DiffRun, differences, shortened

#: Few words, so that texts share and repeat them, in several scripts and with marks and blanks between.
_TEXTS = st.lists(
    st.sampled_from(["the", "a", "crane", "fell", ".", "\n\n", "港口", "नदी", "“", "pier,"]), max_size=40
).map(" ".join)


@given(_TEXTS | st.text(max_size=60), _TEXTS | st.text(max_size=60))
def test_differences_lead_to_the_second_text(first: str, second: str) -> None:
    """Without the removed runs, the text is exactly the second text."""
    assert "".join(run.text for run in differences(first, second) if run.kind != "removed") == second


@given(_TEXTS, _TEXTS)
def test_differences_come_from_the_first_text(first: str, second: str) -> None:
    """Without the added runs, the words are those of the first text in their order."""
    left = "".join(run.text for run in differences(first, second) if run.kind != "added")
    assert left.split() == first.split() or "".join(left.split()) == "".join(first.split())


@given(_TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    """Equal texts give at most one run, which is the same."""
    assert [run.kind for run in differences(text, text)] in ([], ["same"])


def test_a_replaced_word_is_removed_and_added() -> None:
    """A changed word is removed and its replacement added; the rest stays whole."""
    assert differences("The crane fell on Monday.", "The mast fell on Monday.") == [
        DiffRun("same", "The"),
        DiffRun("removed", " crane"),
        DiffRun("added", " mast"),
        DiffRun("same", " fell on Monday."),
    ]


def test_a_moved_paragraph_keeps_the_longer_order() -> None:
    """Rare words decide the alignment: moved text is removed in one place and added in the other."""
    long = "Alder birch cedar dogwood elm fir gorse hazel."
    short = "Ivy juniper."
    kinds = [(run.kind, run.text.strip()) for run in differences(f"{short} {long}", f"{long} {short}")]
    assert kinds == [("removed", short), ("same", long), ("added", short)]


def test_unspaced_scripts_are_compared_by_characters() -> None:
    """One changed character of a Chinese sentence does not change the whole sentence."""
    assert [run.text for run in differences("港口周一关闭", "港口周二关闭")] == ["港口周", "一", "二", "关闭"]


def test_unlike_texts_of_ten_thousand_words_are_compared_in_pieces() -> None:
    """Without any anchor a text is replaced as a whole, without a quadratic search, however long it is."""
    first, second = "a b " * 5_000, "c d " * 5_000
    assert [run.kind for run in differences(first, second)] == ["removed", "added"]


def test_shortened_runs_keep_the_words_next_to_a_difference() -> None:
    """Text that is the same and far from a difference is replaced by an ellipsis."""
    before = "one two three four five six seven eight nine ten"
    text = "".join(
        run.text for run in shortened(differences(before, before.replace("five", "5")), 1) if run.kind != "removed"
    )
    assert text == " … four 5 six … \n"
