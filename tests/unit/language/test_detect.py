"""The language is detected from few words, and fast if function words decide it."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from worker.language.detect import detect, model


@pytest.mark.parametrize(("hint", "code"), [("en", "en"), ("pt-BR", "pt"), ("zh_Hans", "zh"), ("DE", "de")])
def test_a_hint_is_used(hint: str, code: str) -> None:
    """The language that the sender states is not checked."""
    assert detect("whatever this is", hint) == code


@pytest.mark.parametrize("text", ["", "   ", "12 34 56"])
def test_a_text_without_words_gets_a_code(text: str) -> None:
    """The result is a language code or `und`."""
    assert len(detect(text)) in (2, 3)


def test_function_words_decide_without_the_model() -> None:
    """A plain sentence of a common language needs no model."""
    from worker.language.detect import _detect_by_function_words

    assert _detect_by_function_words("The captain of the barge said that it was not the fault of his crew.") == "en"
    assert (
        _detect_by_function_words(
            "Der Kapitän sagte, dass es nicht die Schuld der Mannschaft ist und er mit ihr spricht."
        )
        == "de"
    )
    assert _detect_by_function_words("Barge sinks") is None


_LANGUAGES = Path(__file__).parents[2] / "golden" / "languages"
_TEXTS = [path.read_text("utf-8") for path in sorted(_LANGUAGES.rglob("*.txt"))]


@given(st.sampled_from(_TEXTS), st.integers(0, 2000), st.integers(0, 400))
def test_the_compact_model_equals_the_full_model(text: str, start: int, length: int) -> None:
    """Language and probability are those of the library's tables, to the last bit, for any piece of text."""
    piece = text[start : start + length]
    assert model().classify(piece) == _full_model().classify(piece)


@given(st.text(max_size=200))
def test_the_compact_model_equals_the_full_model_on_any_characters(text: str) -> None:
    """The results are also equal for characters of any script."""
    assert model().classify(text) == _full_model().classify(text)


@cache
def _full_model() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
