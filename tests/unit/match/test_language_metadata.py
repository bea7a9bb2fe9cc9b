"""Texts in two languages are no copies, as far as their languages are known."""

import pytest

from tests.translated import dispatch_texts
from worker.features import features
from worker.match import Verdict, evidence, reason, verdict
from worker.match.metadata import ArticleMetadata, with_metadata

_TEXTS = {t.language: t for t in dispatch_texts() if t.dispatch == "d39" and t.is_version}


def judged(a: str, b: str, languages: tuple[str | None, str | None]) -> Verdict:
    """Return the verdict on two versions of a dispatch, with what is known of their languages."""
    first, second = (features(_TEXTS[code].text, None, code) for code in (a, b))
    known = [ArticleMetadata(language=language) for language in languages]
    return with_metadata(verdict(evidence(first, second)), *known)


def test_a_translation_is_no_copy() -> None:
    """Spanish and Portuguese share names, numbers and stems enough for the verdict, and are refused with the reason."""
    assert judged("es", "pt", ("es", "es")).same
    refused = judged("es", "pt", ("es", "pt"))
    assert not refused.same
    assert reason(refused).startswith("Not a copy, because the languages differ.")


@pytest.mark.parametrize(
    "languages", [("es", "und"), (None, "pt"), ("pt", "pt"), ("nb", "no"), ("no", "da"), ("id", "ms"), ("wuu", "zh")]
)
def test_an_uncertain_language_says_nothing(languages: tuple[str | None, str | None]) -> None:
    """If a language was not recognised, or is often taken for the other, the texts alone decide."""
    assert judged("es", "pt", languages) == judged("es", "pt", (None, None))


def test_a_wrong_language_separates_no_copies() -> None:
    """Texts that share their phrases are copies, whatever a feed says about their languages."""
    whole = _TEXTS["es"].text
    a, b = features(whole, None, "es"), features(whole[: len(whole) * 4 // 5], None, "pt")
    decided = verdict(evidence(a, b))
    assert decided.same
    assert with_metadata(decided, ArticleMetadata(language="es"), ArticleMetadata(language="pt")) == decided
