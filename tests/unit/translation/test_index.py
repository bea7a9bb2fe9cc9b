"""The index finds texts in another language that share rare keys."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.translation import index
from worker.translation.index import COMMON_KEY_TEXTS, DAYS, MOST_CANDIDATES, Indexed, KeyIndex

NOON = datetime(2031, 4, 9, 12, tzinfo=UTC)
KEYS = np.arange(100, 110, dtype=np.int64)


def add(known: KeyIndex, story: int, language: str, keys: NDArray[np.int64] = KEYS, at: datetime = NOON) -> list[int]:
    """Add a text and return the stories of its candidates."""
    slot = known.add([Indexed(story, language, at)], [keys])
    return [other.story_id for other in known.candidates(slot, keys)]


def test_only_near_texts_in_other_languages_are_candidates() -> None:
    """A text in the same language, of another week, or with other keys is none; more shared keys come first."""
    known = KeyIndex()
    assert add(known, 1, "en") == []
    assert add(known, 2, "en") == []
    assert add(known, 3, "es") == [1, 2]
    assert add(known, 4, "de", KEYS, NOON + timedelta(days=DAYS, seconds=1)) == []
    assert add(known, 5, "de", KEYS + 1000) == []
    assert add(known, 6, "fr", KEYS[:5]) == [1, 2, 3]


def test_frequent_keys_are_skipped_and_candidates_are_bounded() -> None:
    """Keys of very many texts find nothing, and the number of candidates has a limit."""
    known = KeyIndex()
    for story in range(MOST_CANDIDATES + 10):
        add(known, story, "en")
    assert len(add(known, 100, "es")) == MOST_CANDIDATES
    for story in range(COMMON_KEY_TEXTS):
        add(known, 200 + story, "en")
    assert add(known, 300, "es") == []


def test_old_texts_leave_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond its size the index forgets the oldest texts, and finds the others as before."""
    monkeypatch.setattr(index, "MOST_TEXTS", 3)
    monkeypatch.setattr(index, "_MOST_RECENT", 15)
    known = KeyIndex()
    found = [add(known, story, "en" if story % 2 else "es") for story in range(8)]
    assert len(known) < 6
    assert found[-1][-1] == 6
    assert 0 not in found[-1]
