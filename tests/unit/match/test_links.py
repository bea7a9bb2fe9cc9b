"""The match decisions that are stored for a new article."""

import json
import math

import orjson

from tests.unit.match.reports import REPORTS
from worker.explain.evidence import findings
from worker.features import features
from worker.match import compare_pairs, verdicts
from worker.stories.cluster import Match
from worker.stories.references import Stored
from worker.stories.rows import match_decisions


def test_a_link_keeps_what_was_computed() -> None:
    """A hopeless pair keeps only the numbers that show it; others keep all, with null where nothing is comparable."""
    new, near, other = (
        features(text, None, "en") for text in (REPORTS["en"].report, REPORTS["en"].report[:300], "Cows graze. " * 9)
    )
    both = list(compare_pairs([(new, near), (new, other)], [3, 140], whole=False))
    matches = [Match(0, Stored(key), verdict) for key, verdict in enumerate(verdicts(both), start=1)]
    joined, refused = match_decisions(matches, {}, [7])
    assert (joined.same, refused.same) == (True, False)
    assert joined.evidence.keys() > refused.evidence.keys() > {"words_in_a", "grams_in_b", "distance"}
    assert math.isnan(joined.evidence["title"])  # neither has one
    assert all(value is not None and not math.isnan(value) for value in refused.evidence.values())
    stored = json.loads(orjson.dumps(refused.evidence))
    assert {finding.name for finding in findings(stored)} == refused.evidence.keys()
    assert "–" not in {finding.shown for finding in findings(stored)}
