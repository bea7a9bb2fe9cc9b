"""The rarity of shared keys: what no other story has counts most, what many have counts little."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from worker.kernel import library
from worker.match.key_rarity import KeyNumbers, KeyRarity


def keys(*numbers: int) -> NDArray[np.int32]:
    """Return a sketch."""
    return np.array(sorted(numbers), dtype=np.int32)


def compare(a: NDArray[np.int32], b: NDArray[np.int32], rarity: KeyRarity, posted: int = 0) -> KeyNumbers:
    """Compare two sketches."""
    return rarity.compare([(a, rarity.of(a), b)], posted=posted)[0]


def test_an_empty_archive_weighs_all_keys_the_same() -> None:
    """Without counts, the weighted shares are the plain shares of the keys."""
    numbers = compare(keys(1, 2, 3, 4), keys(3, 4, 5), KeyRarity())
    assert numbers.keys_in_b == pytest.approx(2 / 4)
    assert numbers.keys_in_a == pytest.approx(2 / 3)
    assert (numbers.keys_unique, numbers.keys_rare, numbers.keys_frequent) == (1.0, 2.0, 0.0)


def test_the_own_stories_do_not_count() -> None:
    """A key that only the story of the two has is in no other story."""
    rarity = KeyRarity({1: 1, 2: 12}, stories=1_000)
    assert compare(keys(1, 2), keys(1, 2), rarity, posted=1).keys_unique == 0.5
    assert compare(keys(1, 2), keys(1, 2), rarity).keys_unique == 0.0
    assert compare(keys(1, 2), keys(1, 2), rarity).keys_frequent == 0.5


def test_nothing_shared_says_nothing_for_one_story() -> None:
    """Two sketches without a common key have the worst value of each number."""
    assert compare(keys(1), keys(2), KeyRarity(stories=9)) == KeyNumbers(0.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def test_an_empty_sketch_is_unknown() -> None:
    """A text without keys has no shares."""
    assert all(map(math.isnan, compare(keys(), keys(2), KeyRarity())))


@given(
    st.sets(st.integers(-99, 99), min_size=1),
    st.sets(st.integers(-99, 99), min_size=1),
    st.dictionaries(st.integers(-99, 99), st.integers(1, 200)),
    st.integers(0, 2),
)
def test_shares_are_in_range(a: set[int], b: set[int], counts: dict[int, int], posted: int) -> None:
    """Shares are 0 to 1, whatever the counts are."""
    numbers = compare(keys(*a), keys(*b), KeyRarity(counts, stories=500), posted)
    assert all(0 <= share <= 1 for share in (*numbers[:3], numbers.keys_frequent))
    assert 0 <= numbers.keys_rare <= len(a & b)


@pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel")
def test_the_kernel_finds_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of many pairs, some without keys, are the same to the last bit with and without the kernel."""
    rng = np.random.default_rng(5)

    def sketch() -> NDArray[np.int32]:
        return keys(*rng.choice(60, size=rng.integers(0, 30), replace=False).tolist())

    rarity = KeyRarity({key: int(rng.integers(0, 130)) for key in range(60)}, stories=700)
    pairs = [(a, rarity.of(a), sketch()) for a in (sketch() for _ in range(300))]
    compiled = rarity.compare(pairs, posted=1)
    assert len(compiled) == len(pairs)
    monkeypatch.setattr(library, "loaded", None)
    np.testing.assert_array_equal(compiled, rarity.compare(pairs, posted=1))
