"""The numbers that a verdict rests on go in, each with what it means in words comes out.

Read by name, so that evidence which was stored by an older version is still told.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Evidence -> what it measures, where ``a`` is this article and ``b`` the other; the most telling first.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "exact": ("same words", "both have the same words in the same order; only layout, case or punctuation differ"),
    "names": ("names", "of the names in the article with fewer of them stand in the other too"),
    "words_in_a": ("its words, found here", "of the other article's telling words stand in this one"),
    "words_in_b": ("our words, found there", "of this article's telling words stand in the other one"),
    "grams_jaccard": ("phrases in both", "of all three-word phrases of the two stand in both"),
    "grams_in_a": ("its phrases, found here", "of the other article's three-word phrases stand in this one"),
    "grams_in_b": ("our phrases, found there", "of this article's three-word phrases stand in the other one"),
    "cosine": ("likeness of vocabulary", "alike in which telling words they use, and how often (100 %: the same)"),
    "numbers": ("numbers and dates", "of the numbers in the article with fewer of them stand in the other too"),
    "title": ("headlines", "of the shorter headline's words stand in the other headline"),
    "lead": ("first paragraphs", "of one article's opening words stand anywhere in the other"),
    "order": ("order of telling", "of the order in which shared words come is the same"),
    "names_jaccard": ("names in both", "of all names of the two stand in both"),
    "numbers_jaccard": ("numbers in both", "of all numbers of the two stand in both"),
    "shorter": ("length", "telling words has the shorter article"),
    "length_ratio": ("length compared", "of the longer article's length has the shorter one"),
}
#: Relation -> what an article of it is, seen from the other one.
RELATIONS: Mapping[str, str] = {
    "original": "the canonical article of its story",
    "exact": "the same words",
    "near": "the same text with small changes",
    "abridged": "a shortened version",
    "extended": "a longer version",
    "rewrite": "the same reporting in other words",
}
#: Evidence that counts instead of being a share.
_COUNTS = frozenset({"shorter"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence. ``value`` is None where there was nothing to compare, as without names."""

    name: str
    label: str
    value: float | int | bool | None
    shown: str
    meaning: str


def findings(evidence: Mapping[str, Any]) -> list[Finding]:
    """Return the evidence in words, the most telling first; what has no words here keeps its name."""
    known = [name for name in MEANINGS if name in evidence]
    return [_finding(name, evidence[name]) for name in [*known, *sorted(evidence.keys() - MEANINGS.keys())]]


def _finding(name: str, value: Any) -> Finding:
    label, meaning = MEANINGS.get(name, (name, ""))
    if isinstance(value, bool):
        return Finding(
            name, label, value, "yes" if value else "no", meaning if value else "the words are not all the same"
        )
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Finding(name, label, None, "–", "nothing to compare")
    if not isinstance(value, int | float):
        return Finding(name, label, None, str(value), meaning)
    shown = f"{value:,}" if name in _COUNTS or name not in MEANINGS else f"{value:.0%}"
    return Finding(name, label, value, shown, meaning)
