"""Verdicts on a new article go in; the links that explain them come out, as they are kept."""

import json
import math

import orjson

from tests.unit.match.reports import REPORTS
from worker.explain.evidence import findings
from worker.features import features
from worker.match import evidence_of, verdicts
from worker.stories.cluster import Match
from worker.stories.rows import match_decisions


def test_a_link_keeps_what_was_asked() -> None:
    """Of a hopeless pair only what shows that it is; of others everything, with a null where nothing is to compare."""
    new, near, other = (
        features(text, None, "en") for text in (REPORTS["en"].report, REPORTS["en"].report[:300], "Cows graze. " * 9)
    )
    found = list(evidence_of([(new, near), (new, other)], [3, 140], whole=False))
    judged = [Match(0, key, one) for key, one in enumerate(verdicts(found), start=1)]
    joined, refused = match_decisions(judged, {}, {}, [7])
    assert (joined.same, refused.same) == (True, False)
    assert joined.evidence.keys() > refused.evidence.keys() > {"words_in_a", "grams_in_b", "distance"}
    assert math.isnan(joined.evidence["title"])  # neither has one
    assert all(value is not None and not math.isnan(value) for value in refused.evidence.values())
    stored = json.loads(orjson.dumps(refused.evidence))
    assert {one.name for one in findings(stored)} == refused.evidence.keys()
    assert "–" not in {one.shown for one in findings(stored)}
