"""What is retold passage by passage, and that the forest answers the same one by one and in a table."""

import random

import numpy as np
import pytest

from tests.benchmarks import edits
from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.features.passages import MOST_PASSAGES
from worker.match import Evidence, evidence
from worker.match.forest import contributions, probabilities

REPORT, OTHER = REPORTS["en"].report, REPORTS["en"].other


def compared(a: str, b: str) -> Evidence:
    """Return the evidence of two English texts."""
    return evidence(features(a, None, "en"), features(b, None, "en"))


def test_moved_passages_are_retold_but_not_in_order() -> None:
    """A text with its sentences turned round tells everything again, from the end."""
    turned = " ".join(reversed(edits.sentences(f"{REPORT} {OTHER}")))
    found = compared(turned, f"{REPORT} {OTHER}")
    assert found.retold_in_a > 0.9
    assert found.untold_in_a == 0.0
    assert found.retold_order < 0.2
    assert found.facts == found.facts_both == 1.0


def test_an_added_passage_is_untold_on_its_side() -> None:
    """What only the longer text tells is its own; the shorter one has nothing of its own."""
    found = compared(f"{REPORT} {OTHER}", REPORT)
    assert found.untold_in_a > 0.3
    assert found.untold_in_b == 0.0
    assert found.opening == pytest.approx(1.0)


def test_few_shared_words_retell_nothing() -> None:
    """Texts without four shared words have no passages in common, and no order of them."""
    found = compared(REPORT, REPORTS["fr"].report)
    assert (found.retold_in_a, found.untold_in_b, found.opening) == (0.0, 1.0, 0.0)
    assert np.isnan(found.retold_order)


@pytest.mark.parametrize("times", [1, 40])
def test_a_long_text_has_a_bounded_number_of_passages(times: int) -> None:
    """However long a text is, it is compared in no more passages than fit a small table."""
    found = features(f"{REPORT} {OTHER} " * times, None, "en")
    assert 5 <= len(found.passage_weights) <= MOST_PASSAGES
    assert found.passage_weights.sum() == pytest.approx(found.content_token_weights.sum(), rel=1e-4)


def test_many_pairs_at_once_are_judged_as_one_by_one() -> None:
    """The table of all pairs gives the probabilities that single pairs get, unknown answers included."""
    pairs = [compared(REPORT, edit(REPORT, OTHER, random.Random(1))) for edit, _ in edits.KINDS.values()]
    pairs.append(compared("Thornbury", OTHER))
    assert probabilities(pairs) == pytest.approx([probabilities([e])[0] for e in pairs])


def test_what_the_answers_said_adds_up() -> None:
    """The log-odds that `why` tells of, answer by answer, differ between two pairs as their probabilities do."""
    one, other = compared(REPORT, REPORTS["en"].copy), compared(REPORT, OTHER)
    chances = np.array(probabilities([one, other]))
    odds = np.log(chances / (1 - chances))
    said = [sum(told.values()) for told in contributions([one, other])]
    assert said[0] - said[1] == pytest.approx(odds[0] - odds[1], abs=1e-3)
