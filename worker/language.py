"""The language of a text, as an ISO 639-1 code, from its first few hundred characters."""

from functools import cache
from typing import Protocol

from py3langid.langid import MODEL_FILE, LanguageIdentifier

#: Detection settles within a few hundred characters; more only costs time (measured for docs/choices.md).
SAMPLE_CHARS = 400


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@cache
def _identifier() -> _Identifier:
    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def detect(text: str, hint: str | None = None) -> str:
    """Return the ISO 639-1 code of ``text``, or ``und``; a ``hint`` (``en``, ``pt-BR``) is believed."""
    if hint:
        return hint.split("-")[0].split("_")[0].lower()
    code, probability = _identifier().classify(text[:SAMPLE_CHARS])
    return code if probability >= 0.5 else "und"
