"""Explain verdicts in an editor's words, and attribute them to the numbers of the evidence."""

import math
from collections.abc import Mapping, Sequence

from worker.match.compare import HOPELESS_PHRASES, HOPELESS_WORDS
from worker.match.evidence import COLUMNS, Evidence
from worker.match.forest import contributions
from worker.match.verdict import SCRAP, SCRAP_COSINE, Verdict, is_scrap_pair, shares_too_little


def reason(of: Verdict) -> str:
    """Return one or two sentences for an editor."""
    return reasons([of])[0]


def reasons(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the reason of each verdict; the model is evaluated once, for all of them."""
    plain = [_plain_reason(v.evidence) for v in verdicts]
    moved = iter(contributions([v.evidence for v, known in zip(verdicts, plain, strict=True) if known is None]))
    return [
        v.before + (_weighed(v, next(moved)) if known is None else known)
        for v, known in zip(verdicts, plain, strict=True)
    ]


def contributions_by_number(e: Evidence) -> dict[str, float]:
    """Return by how much each number of the evidence, by name, moved the log-odds of one story; below 0 against it.

    Empty where the model is not used: the words are the same, or too little is shared.
    """
    moved: dict[str, float] = {}
    if e.exact or shares_too_little(e):
        return moved
    for feature, step in contributions([e])[0].items():
        number = COLUMNS[feature].number(e)
        moved[number] = moved.get(number, 0.0) + step
    return moved


def _plain_reason(e: Evidence) -> str | None:
    """Return the reason where the model was not used, else None."""
    if e.exact:
        return "Same story: the words are the same, one by one."
    if is_scrap_pair(e):
        return (
            f"Another story: one text has only {e.shorter} content words. Under {SCRAP}, the weighted words must be "
            f"{SCRAP_COSINE:.0%} alike; they are {e.cosine:.0%}."
        )
    if shares_too_little(e):
        return (
            f"Another story: at most {max(e.grams_in_a, e.grams_in_b):.0%} of the phrases and "
            f"{max(e.words_in_a, e.words_in_b):.0%} of the words are shared "
            f"(under {HOPELESS_PHRASES:.0%} and {HOPELESS_WORDS:.0%} nothing else is compared)."
        )
    return None


def _weighed(v: Verdict, moved: Mapping[str, float]) -> str:
    """Name the three features that contributed most to the verdict, and the one that contributed most against it."""
    e, way = v.evidence, 1 if v.probability >= v.needed else -1
    ranked = sorted(moved.items(), key=lambda item: -item[1] * way)
    most = [_phrase(e, feature) for feature, step in ranked[:3] if step * way > 0]
    against = [_phrase(e, feature) for feature, step in ranked[-1:] if step * way < 0]
    decided = f"{'Same' if way > 0 else 'Another'} story ({v.probability:.0%}, needed {v.needed:.0%})"
    return f"{decided}: {'; '.join(most)}." + (f" Against it: {against[0]}." if against else "")


def _phrase(e: Evidence, feature: str) -> str:
    column = COLUMNS[feature]
    value = float(getattr(e, column.number(e)))
    if math.isnan(value):
        return f"nothing to compare as to {column.reason}"
    return f"{value:.0f} {column.reason}" if column.is_count else f"{value:.0%} {column.reason}"
