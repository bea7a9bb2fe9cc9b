"""Clustering scores, compared with values calculated by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.evaluate.clustering_scores import adjusted_rand, b_cubed, of_counts, pair_counts, pairs

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30)


def test_pairs_by_hand() -> None:
    """The true pairs are ab, cd, ce and de, the predicted pairs ab, ac and bc: only ab is right."""
    true, predicted = ["x", "x", "y", "y", "y"], [1, 1, 1, 2, 3]
    assert pair_counts(true, predicted) == (4, 3, 1)
    assert pairs(true, predicted) == pytest.approx((1 / 3, 1 / 4, 2 / 7))


def test_b_cubed_by_hand() -> None:
    """Two of three articles are rightly in one cluster; the third is wrongly with them."""
    assert b_cubed(["x", "x", "y"], [1, 1, 1]) == pytest.approx((5 / 9, 1, 5 / 7))


def test_adjusted_rand_by_hand() -> None:
    """Two halves that cross each other score below chance."""
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5)


@given(LABELS)
def test_a_perfect_grouping_scores_one(labels: list[tuple[int, int]]) -> None:
    """Different labels for the same groups score 1."""
    true = [a for a, _ in labels]
    predicted = [f"story {a}" for a in true]
    assert pairs(true, predicted) == (1, 1, 1)
    assert adjusted_rand(true, predicted) == 1
    assert b_cubed(true, predicted).f1 == 1


@given(LABELS)
def test_scores_stay_in_range(labels: list[tuple[int, int]]) -> None:
    """No labels give a score outside its range."""
    true, predicted = [a for a, _ in labels], [b for _, b in labels]
    assert all(0 <= value <= 1 for value in (*pairs(true, predicted), *b_cubed(true, predicted)))
    assert -1 <= adjusted_rand(true, predicted) <= 1


def test_scores_without_predicted_pairs() -> None:
    """Without true and predicted pairs the score is 1; with true pairs only, precision is 1 and recall is 0."""
    assert of_counts(0, 0, 0) == (1, 1, 1)
    assert of_counts(0, 0, 3) == (1, 0, 0)
