"""Passages that are retold in another text; the forest gives the same results for one pair and for many."""

import random

import numpy as np
import pytest

from tests.benchmarks import edits
from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.match import Evidence, evidence
from worker.match.forest import contributions, probabilities

REPORT, OTHER = REPORTS["en"].report, REPORTS["en"].other


def compared(a: str, b: str) -> Evidence:
    """Return the evidence of two English texts."""
    return evidence(features(a, None, "en"), features(b, None, "en"))


def test_moved_passages_are_retold_but_not_in_order() -> None:
    """A text with its sentences in reverse order retells everything, from the end."""
    reversed_text = " ".join(reversed(edits.sentences(f"{REPORT} {OTHER}")))
    numbers = compared(reversed_text, f"{REPORT} {OTHER}")
    assert numbers.retold_in_a > 0.9
    assert numbers.untold_in_a == 0.0
    assert numbers.retold_order < 0.2
    assert numbers.facts == numbers.facts_both == 1.0


def test_an_added_passage_is_untold_on_its_side() -> None:
    """Passages that only the longer text has are new; the shorter text has none."""
    numbers = compared(f"{REPORT} {OTHER}", REPORT)
    assert numbers.untold_in_a > 0.3
    assert numbers.untold_in_b == 0.0
    assert numbers.opening == pytest.approx(1.0)


def test_few_shared_words_retell_nothing() -> None:
    """Texts with fewer than four shared words have no passages in common, and no order of them."""
    numbers = compared(REPORT, REPORTS["fr"].report)
    assert (numbers.retold_in_a, numbers.untold_in_b, numbers.opening) == (0.0, 1.0, 0.0)
    assert np.isnan(numbers.retold_order)


@pytest.mark.parametrize("times", [1, 40])
def test_a_long_text_has_a_bounded_number_of_passages(times: int) -> None:
    """However long a text is, its number of passages is limited, so that the table stays small."""
    article = features(f"{REPORT} {OTHER} " * times, None, "en")
    assert 5 <= len(article.column("passage_weights")) <= 48
    assert article.column("passage_weights").sum() == pytest.approx(
        article.column("content_token_weights").sum(), rel=1e-4
    )


def test_many_pairs_at_once_are_judged_as_one_by_one() -> None:
    """A table of many pairs gives the same probabilities as single pairs, including missing values."""
    pairs = [compared(REPORT, edit(REPORT, OTHER, random.Random(1))) for edit, _ in edits.KINDS.values()]
    pairs.append(compared("Thornbury", OTHER))
    assert probabilities(pairs) == pytest.approx([probabilities([e])[0] for e in pairs])


def test_the_contributions_add_up() -> None:
    """The sums of the contributions differ between two pairs as the log-odds of their probabilities do."""
    copy, other = compared(REPORT, REPORTS["en"].copy), compared(REPORT, OTHER)
    chances = np.array(probabilities([copy, other]))
    odds = np.log(chances / (1 - chances))
    sums = contributions([copy, other]).sum(axis=1)
    assert sums[0] - sums[1] == pytest.approx(odds[0] - odds[1], abs=1e-3)
