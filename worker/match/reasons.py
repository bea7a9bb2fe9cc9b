"""Verdicts go in, their reasons come out, in an editor's words, and what each number of the evidence said."""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from worker.match.evidence import HOPELESS_PHRASES, HOPELESS_WORDS, Evidence
from worker.match.forest import contributions
from worker.match.verdict import SAME_STORY_MIN, SCRAP, SCRAP_COSINE, Verdict, little, scrap


def reason(of: Verdict) -> str:
    """Return one or two sentences for an editor."""
    return reasons([of])[0]


def reasons(found: Sequence[Verdict]) -> list[str]:
    """Return the reason of each verdict; the trees are asked once, for all of them."""
    told = [_plain_reason(one.evidence) for one in found]
    said = iter(contributions([one.evidence for one, known in zip(found, told, strict=True) if known is None]))
    return [
        one.before + (_weighed(one.evidence, one.probability, next(said)) if known is None else known)
        for one, known in zip(found, told, strict=True)
    ]


def in_words(e: Evidence) -> dict[str, float]:
    """Return how much each number of the evidence, by its name, spoke for one story, in log-odds: below 0 against it.

    Empty where the words are the same, or too little is shared to ask.
    """
    told: dict[str, float] = {}
    if e.exact or little(e):
        return told
    for question, said in contributions([e])[0].items():
        name, _, way = question.rpartition("_")
        if way in ("most", "least"):
            pick = max if way == "most" else min
            name = pick((f"{name}_in_a", f"{name}_in_b"), key=lambda one: float(getattr(e, one)))
        else:
            name = question
        told[name] = told.get(name, 0.0) + said
    return told


def _plain_reason(e: Evidence) -> str | None:
    """Return the reason where no tree was asked."""
    if e.exact:
        return "Same story: the words are the same, one by one."
    if scrap(e):
        return (
            f"Another story: of {e.shorter} content words too few to tell by; the weighted words are {e.cosine:.0%} "
            f"alike (needed {SCRAP_COSINE:.0%} under {SCRAP} words)."
        )
    if little(e):
        return (
            f"Another story: at most {max(e.grams_in_a, e.grams_in_b):.0%} of the phrases and "
            f"{max(e.words_in_a, e.words_in_b):.0%} of the words are shared "
            f"(under {HOPELESS_PHRASES:.0%} and {HOPELESS_WORDS:.0%} nothing else is asked)."
        )
    return None


def _weighed(e: Evidence, probability: float, said: Mapping[str, float]) -> str:
    """Name the three answers that moved the verdict most its way, and the one that spoke most against it."""
    way = 1 if probability >= SAME_STORY_MIN else -1
    ranked = sorted(said.items(), key=lambda one: -one[1] * way)
    told = [_in_words(e, name) for name, moved in ranked[:3] if moved * way > 0]
    against = [_in_words(e, name) for name, moved in ranked[-1:] if moved * way < 0]
    decided = f"{'Same' if way > 0 else 'Another'} story ({probability:.0%}, needed {SAME_STORY_MIN:.0%})"
    return f"{decided}: {'; '.join(told)}." + (f" Against it: {against[0]}." if against else "")


#: How each answer is told, as (what, whether it is a share).
_TOLD: Final = {
    "grams": ("phrases of one found in the other", True),
    "new": ("text without a shared phrase", True),
    "words": ("weighted words of one found in the other", True),
    "grams_jaccard": ("phrases shared among all of both", True),
    "passage": ("phrases in an unbroken shared passage", False),
    "cosine": ("likeness of the weighted words", True),
    "beside": ("weighted words shared beside the same neighbours", True),
    "plain_beside": ("plain words shared beside the same neighbours", True),
    "plain_weight": ("weight of plain words shared in place", False),
    "plain_jaccard": ("plain words shared among all of both", True),
    "names": ("names shared", True),
    "names_jaccard": ("names shared among all of both", True),
    "rare_names": ("rare names shared", True),
    "rarity": ("rarity of the shared names", False),
    "numbers": ("numbers shared", True),
    "numbers_jaccard": ("numbers shared among all of both", True),
    "lead": ("words of the lead found in the other", True),
    "order": ("agreement in the order of what is told", True),
    "ordered": ("standard errors beyond chance in the order of shared words", False),
    "retold": ("of a passage told in one passage of the other", True),
    "untold": ("text in passages that the other does not tell", True),
    "opening": ("words of the opening in one opening passage of the other", True),
    "retold_order": ("passages told in the same order", True),
    "facts": ("names and numbers that stand together in both", True),
    "facts_both": ("names and numbers that stand together, of all of the richer article", True),
    "title": ("words of one title found in the other", True),
    "shorter": ("content words in the shorter article", False),
    "length_ratio": ("length of the shorter to the longer article", True),
}


def _in_words(e: Evidence, question: str) -> str:
    name, _, way = question.rpartition("_")
    if way in ("most", "least"):
        of = (getattr(e, f"{name}_in_a"), getattr(e, f"{name}_in_b"))
        value = max(of) if way == "most" else min(of)
        what, share = _TOLD[name]
        what += " (the better way round)" if way == "most" else " (the worse way round)"
    else:
        value, (what, share) = float(getattr(e, question)), _TOLD[question]
    if math.isnan(value):
        return f"nothing to compare as to {what}"
    return f"{value:.0%} {what}" if share else f"{value:.0f} {what}"
