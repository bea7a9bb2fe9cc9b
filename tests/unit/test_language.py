"""The language is detected from few words, fast where small words settle it."""

import pytest

from worker.language import detect


@pytest.mark.parametrize(("hint", "code"), [("en", "en"), ("pt-BR", "pt"), ("zh_Hans", "zh"), ("DE", "de")])
def test_a_hint_is_believed(hint: str, code: str) -> None:
    """What the sender says is not doubted."""
    assert detect("whatever this is", hint) == code


@pytest.mark.parametrize("text", ["", "   ", "12 34 56"])
def test_nothing_to_go_by(text: str) -> None:
    """Texts without words still get an answer, as a code or `und`."""
    assert len(detect(text)) in (2, 3)


def test_small_words_settle_it_without_the_model() -> None:
    """A plain sentence of a common language needs no model."""
    from worker.language import _by_small_words

    assert _by_small_words("The captain of the barge said that it was not the fault of his crew.") == "en"
    assert (
        _by_small_words("Der Kapitän sagte, dass es nicht die Schuld der Mannschaft ist und er mit ihr spricht.")
        == "de"
    )
    assert _by_small_words("Barge sinks") is None
