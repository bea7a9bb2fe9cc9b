"""A copy is distinguished from another report on the same subject in every supported language."""

import pytest

from tests.unit.match.reports import REPORTS
from worker.features import features
from worker.fingerprint import fingerprint
from worker.fingerprint.posting_index import SHARED_KEYS
from worker.language.detect import detect
from worker.match import evidence, verdict


@pytest.mark.parametrize("language", REPORTS)
def test_a_copy_is_joined(language: str) -> None:
    """A retouched and shortened copy is found by the sketch and gets the verdict `same story`."""
    a, b = (features(text, None, language) for text in (REPORTS[language].report, REPORTS[language].copy))
    assert len(set(fingerprint(a).sketch.tolist()) & set(fingerprint(b).sketch.tolist())) >= SHARED_KEYS
    assert verdict(evidence(a, b)).same


@pytest.mark.parametrize("language", REPORTS)
def test_another_report_is_not_joined(language: str) -> None:
    """Another report on the same town is another story."""
    a, b = (features(text, None, language) for text in (REPORTS[language].report, REPORTS[language].other))
    assert not verdict(evidence(a, b)).same


@pytest.mark.parametrize("language", REPORTS)
def test_the_language_is_detected(language: str) -> None:
    """The language of each report is detected."""
    for text in REPORTS[language]:
        assert detect(text) == language
