"""Differences turn one text into the other and align passages as a reader would."""

import random
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.explain.differences import DiffRun, diff_rows, differences, shortened

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


@given(_TEXTS | st.text(max_size=60), _TEXTS | st.text(max_size=60))
def test_the_rows_hold_both_texts(first: str, second: str) -> None:
    """The left sides of all rows join to the first text and the right sides to the second, blanks included."""
    rows = list(diff_rows(first, second))
    assert "".join(run.text for row in rows for run in row.left) == first
    assert "".join(run.text for row in rows for run in row.right) == second


@given(_TEXTS, _TEXTS)
def test_a_row_of_one_kind_holds_only_that_kind(first: str, second: str) -> None:
    """A row is ``changed`` exactly if its runs are of several kinds, and else of the kind of its runs."""
    for row in diff_rows(first, second):
        kinds = {run.kind for run in row.runs}
        assert kinds == {row.kind} if len(kinds) == 1 else row.kind == "changed"


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ("The ferry was late.\n\nBread sold out.", "The ferry was late.\n\nBread sold out.", ["same", "same"]),
        ("The ferry was late.\n\nBread sold out.", "Bread sold out.", ["removed", "same"]),
        ("Bread sold out.", "The ferry was late.\nBread sold out.", ["added", "same"]),
        ("Die Fähre kam spät an.\n\nBrot war aus.", "Die Fähre kam an.\n\nBrot war aus.", ["changed", "same"]),
        ("Паром опоздал на час.", "Паром опоздал на два часа.", ["changed"]),
        # nothing but a full stop in common
        ("Ferries were late.", "Nobody sold bread.", ["removed", "added"]),
        # one paragraph became two, and two lines one
        ("The ferry was late. Bread sold out.", "The ferry was late.\n\nBread sold out.", ["same"]),
        ("The ferry\nwas late.", "The ferry was late.", ["same"]),
        ("渡船周一停航。\n面包售完。", "渡船周二停航。\n面包售完。", ["changed", "same"]),
    ],
)
def test_paragraphs_are_paired(first: str, second: str, kinds: list[str]) -> None:
    """Versions of a paragraph share a row, also split or wrapped ones; a paragraph of one text has its own row."""
    assert [row.kind for row in diff_rows(first, second)] == kinds


def test_common_words_in_rewritten_text_are_not_left_alone() -> None:
    """Two common words between long differences belong to the differences; a name that each text has once does not."""
    lead = "The ferry to Ostrel was full on the morning of the storm, said the office of the harbour."
    first = f"{lead} Six lorries waited until the evening of the next day for drivers before Varn sent a crane along."
    second = (
        f"{lead} Nobody was hurt when half of the cargo slid into the cold water, though Varn had warned them twice."
    )
    same = [run.text.strip() for run in differences(first, second) if run.kind == "same"]
    assert same == [lead, "Varn", "."]


def _long_text(rare: random.Random, words: int) -> str:
    forms = [f"w{number}" for number in range(20_000)]
    chosen = rare.choices(forms, [1 / (n + 3) for n in range(len(forms))], k=words)
    return "\n\n".join(" ".join(chosen[i : i + 60]) + "." for i in range(0, words, 60))


def _seconds(first: str, second: str) -> float:
    begun = time.process_time()
    for _ in diff_rows(first, second):
        pass
    return time.process_time() - begun


@pytest.mark.slow
def test_texts_of_a_megabyte_are_compared_in_bounded_time_and_memory() -> None:
    """Texts of 1 MB with every twentieth word changed take 50 MB (9 MB) and five times as long as of .25 MB (0.8 s)."""
    rare = random.Random(7)
    first = _long_text(rare, 210_000)
    second = " ".join("new" if rare.random() < 0.05 else word for word in first.split(" "))
    assert len(first) > 1_000_000
    quarter = _seconds(first[: len(first) // 4], second[: len(second) // 4])
    assert _seconds(first, second) < 5 * quarter
    tracemalloc.start()
    try:
        list(diff_rows(first, second))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50_000_000
