"""One or two tags go where no sentence can speak of them: around a line, and after a sentence."""

import pytest

from worker.article import Article
from worker.clean import clean


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<p>The harbour of Varnby opens in May.</p>", "The harbour of Varnby opens in May."),
        ("<p>\nHavnen åbner i maj.\nFærgen sejler igen.\n</p>", "Havnen åbner i maj.\n\nFærgen sejler igen."),
        ("Die Fähre fährt.<br>Der Hafen öffnet.", "Die Fähre fährt.\n\nDer Hafen öffnet."),
        ("Le port ouvre.\n\n<b>Le quai ferme.</b>", "Le port ouvre.\n\nLe quai ferme."),
    ],
)
def test_tags_at_edges_are_removed(text: str, kept: str) -> None:
    """Tags around a paragraph, and line breaks after a sentence, are left over from a page."""
    assert clean(Article(text)).text == kept


@pytest.mark.parametrize(
    "text",
    [
        "The <p> tag begins a paragraph, and </p> ends it.",
        "Wer <br> schreibt, bricht die Zeile.",
        "Écrivez <b>oui</b> pour un mot en gras.",
    ],
)
def test_tags_in_a_sentence_stay(text: str) -> None:
    """A sentence may be about tags."""
    assert clean(Article(text)).text == text
