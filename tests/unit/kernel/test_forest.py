"""The kernel evaluates the forest as NumPy does."""

import numpy as np
import pytest

from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.kernel import library
from worker.match import evidence
from worker.match.forest import FEATURE_NAMES, feature_matrix, probabilities

pytestmark = pytest.mark.skipif(library.loaded is None, reason="there is no compiled kernel")


def test_probabilities_are_those_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real pairs and random numbers, with missing ones, have the same probabilities with and without the kernel."""
    rng = np.random.default_rng(3)
    texts = [text for reports in REPORTS.values() for text in reports][:8]
    pairs = [evidence(features(a, None, "en"), features(b, None, "en")) for a in texts for b in texts]
    names = [name for name in pairs[0]._fields if name not in ("exact", "distance")]
    for _ in range(300):
        values = np.where(rng.random(len(names)) < 0.2, np.nan, rng.random(len(names)) * rng.choice([1, 30]))
        pairs.append(pairs[0]._replace(**dict(zip(names, values.tolist(), strict=True))))
    assert feature_matrix(pairs).shape == (len(pairs), len(FEATURE_NAMES))
    compiled = probabilities(pairs)
    monkeypatch.setattr(library, "loaded", None)
    assert compiled == pytest.approx(probabilities(pairs), abs=1e-9)
