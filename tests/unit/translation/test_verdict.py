"""Translations are linked and other reports are not, on dispatches that were written for this."""

from collections import Counter
from datetime import UTC, datetime

from tests.translated import ORIGINAL, OTHER_REPORT, dispatch_texts
from worker.translation.source import DispatchVersion, LikelySource, likely_source
from worker.translation.verdict import TRANSLATION_MIN, translation

#: Every fifth dispatch: all take half a minute. `tests/benchmarks/fit_translations.py` has the figures of all.
DISPATCHES = {f"d{number:02}" for number in range(3, 60, 5)}
EUROPEAN = {"es", "de", "fr", "pt", "it", "nl", "ru", "uk", "pl", "id"}


def test_translations_are_linked_and_other_reports_are_not() -> None:
    """In each language the goal for recall with the original is met, and no other report is linked with it."""
    texts = [t for t in dispatch_texts() if t.dispatch in DISPATCHES]
    originals = {t.dispatch: t.side for t in texts if t.role == ORIGINAL}
    found, all_ = Counter[str](), Counter[str]()
    for text in texts:
        if text.language == "en":
            continue
        linked = translation(originals[text.dispatch], text.side)
        if text.role == OTHER_REPORT:
            assert linked is None, (text.dispatch, text.language)
        else:
            all_[text.language] += 1
            found[text.language] += linked is not None
    assert len(all_) == 15
    for language, count in all_.items():
        assert found[language] / count >= (0.9 if language in EUROPEAN else 0.75), language


def test_two_texts_of_one_language_are_no_translation() -> None:
    """The same text twice is no translation, and its version in another language says why it is one."""
    versions = {t.language: t.side for t in dispatch_texts() if t.dispatch == "d01" and t.is_version}
    assert translation(versions["es"], versions["es"]) is None
    linked = translation(versions["es"], versions["de"])
    assert linked is not None
    assert linked.probability >= TRANSLATION_MIN
    assert "are in the same order in both texts" in linked.reason
    assert linked.reason == getattr(translation(versions["de"], versions["es"]), "reason", None)


def test_the_likely_source_is_a_guess_with_a_reason() -> None:
    """The earliest is taken, unless only a later one has a dateline or an agency's credit."""
    morning, noon = (dispatch_version(1, "en", 8), dispatch_version(2, "es", 12))
    assert likely_source([morning]) is None
    assert likely_source([noon, morning]) == LikelySource(1, "en", "It came first.")
    signed = noon._replace(dateline="LIMA", agency="Andina")
    reason = "It has a dateline and the credit of Andina, which not all others have."
    assert likely_source([morning, signed]) == LikelySource(2, "es", reason)


def dispatch_version(story: int, language: str, hour: int) -> DispatchVersion:
    """Return a version of a dispatch that was first seen at an hour."""
    return DispatchVersion(story, language, datetime(2031, 4, 9, hour, tzinfo=UTC))
