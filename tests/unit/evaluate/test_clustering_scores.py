"""Scores of a grouping, against values worked out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts, pairs

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30)


def test_pairs_by_hand() -> None:
    """Of the pairs ab, cd, ce, de true and ab, bc, ac found, one is right."""
    true, found = ["x", "x", "y", "y", "y"], [1, 1, 1, 2, 3]
    assert pair_counts(true, found) == (4, 3, 1)
    assert pairs(true, found) == pytest.approx((1 / 3, 1 / 4, 2 / 7))


def test_b_cubed_by_hand() -> None:
    """Two of three stand together rightly, the third is wrongly with them."""
    assert b_cubed(["x", "x", "y"], [1, 1, 1]) == pytest.approx((5 / 9, 1, 5 / 7))


def test_adjusted_rand_by_hand() -> None:
    """The example of two crossing halves is worse than chance."""
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


@given(LABELS)
def test_a_perfect_grouping_scores_one(labels: list[tuple[int, int]]) -> None:
    """Other names for the same groups change nothing."""
    true = [a for a, _ in labels]
    found = [f"story {a}" for a in true]
    assert pairs(true, found) == (1, 1, 1)
    assert adjusted_rand(true, found) == 1
    assert b_cubed(true, found).f1 == 1


@given(LABELS)
def test_scores_stay_in_range(labels: list[tuple[int, int]]) -> None:
    """Whatever is found, no score leaves its range."""
    true, found = [a for a, _ in labels], [b for _, b in labels]
    assert all(0 <= value <= 1 for value in (*pairs(true, found), *b_cubed(true, found)))
    assert -1 <= adjusted_rand(true, found) <= 1


def test_nothing_found_of_nothing() -> None:
    """No true pair and none found is a full score; none found of some is precision one, recall nought."""
    assert of_counts(0, 0, 0) == (1, 1, 1)
    assert of_counts(0, 0, 3) == (1, 0, 0)
