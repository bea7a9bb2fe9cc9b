"""The canonical copy is the most complete copy that the others support."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.match.test_verdict import LONG, OTHER
from worker.features import features
from worker.match import Member, choose_canonical

NOON = datetime(2024, 5, 7, 12, tzinfo=UTC)


def member(text: str, *, hours: int = 0, faults: int = 0) -> Member:
    """Return a copy that arrived some hours after noon."""
    return Member(features(text, None, "en"), NOON + timedelta(hours=hours), faults)


def test_the_whole_text_wins_over_cuts() -> None:
    """Two abridgements support different halves of the whole text, which has both."""
    members = [member(LONG[:500]), member(LONG), member(LONG[400:])]
    chosen, reason = choose_canonical(members)
    assert chosen == 1
    assert "100%" in reason


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


def test_the_order_of_members_does_not_matter() -> None:
    """In reverse order, the same copy is chosen."""
    members = [member(LONG[:500]), member(LONG, hours=1), member(LONG[300:], hours=2)]
    assert choose_canonical(members)[0] == 1
    assert choose_canonical(members[::-1])[0] == 1


def test_one_copy_and_none() -> None:
    """A single copy is canonical; a story without copies is the caller's mistake."""
    assert choose_canonical([member(LONG)]) == (0, "It is the only copy.")
    with pytest.raises(ValueError, match="without copies"):
        choose_canonical([])
