"""The canonical copy is the most complete copy that the others support."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dispatches import copy_of, dispatch
from tests.unit.match.test_verdict import LONG, OTHER
from worker.features import features
from worker.match import Member, choose_canonical

NOON = datetime(2024, 5, 7, 12, tzinfo=UTC)


#: A text, its first half, and a scan of it: their lengths are far from the ratio from which one is the full text.
EDITIONS = (dispatch(1, 240), dispatch(1, 120), copy_of(1, 1, 240))
#: Words that no dispatch has.
TAIL_WORDS = ("Qorvath", "Zemblin", "Uxtor", "Wyndrel", "Jaskov", "Plimbek")


def member(text: str, *, hours: int = 0, faults: int = 0, rank: int = 0) -> Member:
    """Return a copy that arrived some hours after noon."""
    return Member(features(text, None, "en"), NOON + timedelta(hours=hours), faults, rank)


def stories() -> st.SearchStrategy[list[Member]]:
    """Generate members with all combinations of what decides, also equal ones."""
    one = st.tuples(st.sampled_from(EDITIONS), st.integers(0, 2), st.integers(0, 1), st.integers(0, 2))
    return st.lists(one, min_size=2, max_size=6).map(
        lambda drawn: [
            replace(member(text, hours=hours, faults=faults, rank=rank), number=number)
            for number, (text, hours, faults, rank) in enumerate(drawn)
        ]
    )


def chosen_number(members: Sequence[Member]) -> int:
    """Return the number of the chosen member."""
    return members[choose_canonical(members)[0]].number


def test_the_whole_text_wins_over_cuts() -> None:
    """Two abridgements support different halves of the whole text, which has both."""
    members = [member(LONG[:500]), member(LONG), member(LONG[400:])]
    chosen, reason = choose_canonical(members)
    assert chosen == 1
    assert reason.startswith("When it was chosen, it held 100% of what at least two of 3 texts said")


def test_the_reason_of_two_texts_names_both() -> None:
    """Where there are two texts, what they have in common is what both said."""
    _, reason = choose_canonical([member(LONG[:500]), member(LONG)])
    assert reason == "When it was chosen, it held 100% of what both texts said; the other text is much shorter."


def test_what_only_one_copy_says_does_not_help() -> None:
    """A copy padded with another article does not win over a copy with more of the common text."""
    members = [member(LONG), member(LONG[:-90]), member(f"{OTHER} {LONG[:600]} {OTHER.upper()}")]
    assert choose_canonical(members)[0] == 0


def test_then_the_cleanest_then_the_earliest() -> None:
    """Of equal texts the copy with fewer faults is chosen, and of those the earliest."""
    assert choose_canonical([member(LONG, faults=9), member(LONG, hours=3, faults=1)])[0] == 1
    chosen, reason = choose_canonical([member(LONG, hours=2), member(LONG, hours=1)])
    assert chosen == 1
    assert "came first" in reason


def test_the_source_comes_before_repairs_and_time() -> None:
    """Of equally complete copies that of the preferred source is chosen, though it is later and needed repairs."""
    chosen, reason = choose_canonical([member(LONG, rank=1), member(LONG, hours=2, faults=3)])
    assert chosen == 1
    assert "source is preferred" in reason


def test_the_source_does_not_make_up_for_missing_text() -> None:
    """A cut from the preferred source does not win over the whole text."""
    assert choose_canonical([member(LONG[:500]), member(LONG, hours=1, rank=1), member(LONG[400:])])[0] == 1


def test_the_full_text_wins_over_one_abridgement() -> None:
    """Of a text and its first half the text is chosen, though nothing confirms its second half and it is later."""
    whole, half, _ = EDITIONS
    chosen, reason = choose_canonical([member(half), member(whole, hours=1, faults=1)])
    assert chosen == 1
    assert "much shorter" in reason


def test_a_long_addition_loses_against_two_copies() -> None:
    """Two copies agree on where the text ends, so what the third adds does not count, however long it is."""
    members = [member(LONG, faults=1), member(f"{LONG} {OTHER}", hours=1), member(f"{LONG} He smiled.", hours=2)]
    assert choose_canonical([members[0], members[1]])[0] == 1
    assert choose_canonical([replace(m, faults=0) for m in members])[0] == 0


@given(stories(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_members_does_not_matter(members: list[Member], chance: random.Random) -> None:
    """In any order the same copy is chosen, also among copies that are equal in all respects."""
    shuffled = chance.sample(members, len(members))
    assert chosen_number(shuffled) == chosen_number(members)
    assert choose_canonical(shuffled)[1] == choose_canonical(members)[1]


@given(stories(), st.data())
@settings(max_examples=60)
def test_a_short_addition_makes_no_copy_canonical(members: list[Member], data: st.DataObject) -> None:
    """A line of up to six words that only one copy has does not change the choice."""
    before = chosen_number(members)
    at = data.draw(st.integers(0, len(members) - 1))
    tail = " ".join(TAIL_WORDS[: data.draw(st.integers(1, len(TAIL_WORDS)))])
    text = next(t for t in EDITIONS if features(t, None, "en").digest == members[at].features.digest)
    longer = [
        replace(m, features=features(f"{text}\n{tail}.", None, "en")) if i == at else m for i, m in enumerate(members)
    ]
    assert chosen_number(longer) == before


def test_copies_with_tails_never_replace_the_first() -> None:
    """As copies with lines of their own arrive one by one, the first text stays canonical."""
    text = dispatch(2)
    members = [member(text)] + [
        member(f"{text}\n{' '.join(TAIL_WORDS[:n])} {n}.", hours=n) for n in range(1, len(TAIL_WORDS))
    ]
    assert {choose_canonical(members[: n + 1])[0] for n in range(len(members))} == {0}


def test_one_copy_and_none() -> None:
    """A single copy is canonical; a story without copies is the caller's mistake."""
    assert choose_canonical([member(LONG)]) == (0, "It is the only copy.")
    with pytest.raises(ValueError, match="without copies"):
        choose_canonical([])
