"""The numbers that a verdict rests on go in, each with what it means in words comes out.

Read by name, so that evidence which was stored by an older version is still told.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from worker.match import Evidence, in_words

#: Evidence -> what it measures, where ``a`` is this article and ``b`` the other; the most telling first.
MEANINGS: Mapping[str, tuple[str, str]] = {
    "exact": ("same words", "both have the same words in the same order; only layout, case or punctuation differ"),
    "grams_in_a": ("its phrases, found here", "of the other article's three-word phrases stand in this one"),
    "grams_in_b": ("our phrases, found there", "of this article's three-word phrases stand in the other one"),
    "grams_jaccard": ("phrases in both", "of all three-word phrases of the two stand in both"),
    "passage": ("shared passages", "phrases long is an unbroken shared passage on average"),
    "new_in_a": ("new in this one", "of this article's words lie in long stretches without a shared phrase"),
    "new_in_b": ("new in the other", "of the other article's words lie in long stretches without a shared phrase"),
    "words_in_a": ("its words, found here", "of the other article's telling words stand in this one"),
    "words_in_b": ("our words, found there", "of this article's telling words stand in the other one"),
    "cosine": ("likeness of vocabulary", "alike in which telling words they use, and how often (100 %: the same)"),
    "beside": (
        "words beside the same words",
        "of the shorter article's words stand beside the same neighbours in the other",
    ),
    "plain_jaccard": ("plain words in both", "of all plain words of the two stand in both"),
    "plain_beside": ("plain words in place", "of the shorter article's plain words stand beside the same neighbours"),
    "plain_weight": (
        "weight of these",
        "is the weight of the plain words that stand in place (a page of news has about 500)",
    ),
    "names": ("names", "of the names in the article with fewer of them stand in the other too"),
    "names_jaccard": ("names in both", "of all names of the two stand in both"),
    "rare_names": ("rare names", "of the names, each counted by how rare it is, stand in the other too"),
    "rarity": ("rarity of shared names", "is how rare the shared names are, added up"),
    "numbers": ("numbers and dates", "of the numbers in the article with fewer of them stand in the other too"),
    "numbers_jaccard": ("numbers in both", "of all numbers of the two stand in both"),
    "title": ("headlines", "of the shorter headline's words stand in the other headline"),
    "lead": ("first paragraphs", "of one article's opening words stand anywhere in the other"),
    "order": ("order of telling", "of the order in which shared words come is the same"),
    "ordered": ("certainty of that", "standard errors is the order of shared words away from chance"),
    "retold_in_a": (
        "its passages, told here",
        "of a passage of the other article stands in one passage of this one",
    ),
    "retold_in_b": ("our passages, told there", "of a passage of this article stands in one passage of the other"),
    "untold_in_a": ("told only here", "of this article's words are in passages that the other does not tell"),
    "untold_in_b": ("told only there", "of the other article's words are in passages that this one does not tell"),
    "opening": ("openings", "of one opening passage stands in an opening passage of the other"),
    "retold_order": ("order of passages", "of the passages come in the same order in both"),
    "facts": ("facts", "of the names and numbers that stand together in one sentence stand together in the other too"),
    "facts_both": ("facts in both", "of these, of the article with more of them"),
    "shorter": ("length", "telling words has the shorter article"),
    "length_ratio": ("length compared", "of the longer article's length has the shorter one"),
    "distance": ("SimHash distance", "of 256 bits differ between the two fingerprints"),
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
#: A number that moved the log-odds by less has hardly spoken.
_HARDLY = 0.05
#: Evidence that counts instead of being a share.
_COUNTS = frozenset({"shorter", "passage", "plain_weight", "rarity", "ordered", "distance"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of evidence. ``value`` is None where there was nothing to compare, as without names.

    ``says`` is what it moved the log-odds of one story by: above 0 for it, below 0 against it.
    """

    name: str
    label: str
    value: float | int | bool | None
    shown: str
    meaning: str
    says: float = 0.0

    @property
    def speaks(self) -> str:
        """How much it speaks for or against one story, as people read it; empty where it hardly does."""
        if abs(self.says) < _HARDLY:
            return ""
        return f"{'for' if self.says > 0 else 'against'} {abs(self.says):.1f}"


def findings(evidence: Mapping[str, Any]) -> list[Finding]:
    """Return the evidence in words, the most telling first; what has no words here keeps its name."""
    known = [name for name in MEANINGS if name in evidence]
    says = in_words(_again(evidence)) if evidence.keys() == MEANINGS.keys() else {}
    names = [*known, *sorted(evidence.keys() - MEANINGS.keys())]
    return [replace(_finding(name, evidence[name]), says=round(says.get(name, 0.0), 2)) for name in names]


def _again(evidence: Mapping[str, Any]) -> Evidence:
    """Return evidence as it was before it was stored: nothing to compare is no number, and a null in JSON."""
    numbers: Any = {name: math.nan if value is None else value for name, value in evidence.items()}
    return Evidence(**numbers | {"distance": evidence["distance"]})


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
    shown = f"{value:,.0f}" if name in _COUNTS or name not in MEANINGS else f"{value:.0%}"
    return Finding(name, label, value, shown, meaning)
