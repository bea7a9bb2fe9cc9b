"""Say in plain words what two articles have in common on a topic, or how they differ: a clause of a reason.

A clause says no more than its numbers show. Where they show nothing for the asked side, there is no clause.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from worker.match.evidence import Evidence, Topic
from worker.match.key_rarity import RARITY_WITHOUT_STORIES

#: Below this ratio of lengths the texts are called the shorter and the longer one, else one and the other.
_UNEQUAL: Final = 0.9
#: A text with fewer content words, two sentences or so, is called too short.
_SHORT: Final = 30
#: An opening that has this share of its words in an opening passage of the other is alike; under the second, different.
_OPENING_ALIKE: Final = 0.6
_OPENING_UNLIKE: Final = 0.25

#: Under the first share of common phrases there are hardly any, and it does not matter which; under the second, few.
_FEW_PHRASES: Final = 0.04
_SOME_PHRASES: Final = 0.15
#: Under this share most names differ.
_FEW_NAMES: Final = 0.25
#: Less than this is nothing: the least share of a text of ten thousand words is greater.
_ANY: Final = 1e-6

#: Clauses by the least value that they need, the greatest first. Clauses that differ only between bars may be joined.
#: ``{}`` are names, figures or both, ``{one}`` the text with fewer phrases, ``{other}`` the other.
Ladder = tuple[tuple[float, str], ...]

_SAME_THINGS: Final[Ladder] = ((1.0, "|all {}| are the same"), (0.9, "|nearly all {}| are the same"))
_SHARED_THINGS: Final[Ladder] = (
    (0.99, "|all {}| of one text are in the other"),
    (0.9, "|nearly all {}| of one text are in the other"),
    (0.6, "|most {}| of one text are in the other"),
    (0.45, "|about half of the {}| of one text are in the other"),
)
_OTHER_THINGS: Final[Ladder] = (
    (0.6, "|about a third of the {}| differ"),
    (0.4, "|about half of the {}| differ"),
    (_FEW_NAMES, "|most {}| differ"),
    (_ANY, "they have |few {}| in common"),
    (0.0, "they have |no {}| in common"),
)
_SAME_FACTS: Final[Ladder] = (
    (0.7, "most {} that occur together in one text do so in the other"),
    (0.4, "many {} that occur together in one text do so in the other"),
)
_OTHER_FACTS: Final[Ladder] = (
    (_ANY, "few names and figures that occur together in one text do so in the other"),
    (0.0, "no two names or figures occur together in both"),
)
_SAME_WORDING: Final[Ladder] = (
    (0.995, "all of {one} is word for word in {other}"),
    (0.85, "nearly all of {one} is word for word in {other}"),
    (0.6, "most of {one} is word for word in {other}"),
    (0.3, "much of {one} is word for word in {other}"),
)
_SAME_WORDS: Final[Ladder] = (
    (0.6, "most words of {one} are in {other}"),
    (0.45, "about half of the words of {one} are in {other}"),
)
_OTHER_WORDING: Final[Ladder] = (
    (0.6, "part of the wording differs"),
    (0.35, "about half of the wording differs"),
    (_SOME_PHRASES, "most of the wording differs"),
    (_FEW_PHRASES, "they have |few phrases| in common"),
    (_ANY, "they have |hardly a phrase| in common"),
    (0.0, "they have |no phrase| in common"),
)
_COUNTERPARTS: Final[Ladder] = (
    (0.999, "every passage of {one} has a counterpart in {other}"),
    (0.88, "nearly every passage of {one} has a counterpart in {other}"),
    (0.6, "most passages of {one} have a counterpart in {other}"),
)
_NO_COUNTERPARTS: Final[Ladder] = (
    (0.5, "part of {one} has no counterpart in {other}"),
    (0.15, "most of {one} has no counterpart in {other}"),
    (_ANY, "hardly a passage of {one} has a counterpart in {other}"),
    (0.0, "no passage of {one} has a counterpart in {other}"),
)
_IN_ORDER: Final[Ladder] = (
    (0.95, "what they share is in the same order"),
    (0.8, "what they share is in much the same order"),
)
_OUT_OF_ORDER: Final[Ladder] = (
    (0.8, "what they share is not all in the same order"),
    (0.6, "what they share is partly in another order"),
    (0.0, "what they share is in another order"),
)
_SAME_TITLE: Final[Ladder] = ((0.99, "the headlines agree"), (0.5, "the headlines are alike"))
_OTHER_TITLE: Final[Ladder] = ((_ANY, "the headlines differ"), (0.0, "the headlines have no word in common"))
_FRAME: Final[Ladder] = (
    (0.5, "most phrases that they share are a frame of many other stories"),
    (0.2, "some phrases that they share are in many other stories"),
)
_UNIQUE: Final[Ladder] = (
    (0.9, "hardly another story has the phrases that they share"),
    (0.5, "most phrases that they share are in no other story"),
)


class _Shares(NamedTuple):
    """The numbers of the text with fewer phrases, ``one``, and of the other."""

    words: float  # of one that are in the other
    untold: float  # of one, in passages without a counterpart
    untold_other: float
    new_other: float  # of the other, in long stretches without a shared phrase

    @classmethod
    def of(cls, e: Evidence) -> "_Shares":
        if (e.grams_in_b, e.words_in_b) >= (e.grams_in_a, e.words_in_a):
            return cls(e.words_in_b, e.untold_in_a, e.untold_in_b, e.new_in_b)
        return cls(e.words_in_a, e.untold_in_b, e.untold_in_a, e.new_in_a)


def _rung(value: float, ladder: Ladder, below: float = math.inf) -> str | None:
    """Return the first clause that ``value`` is enough for; None if there is none, if it is NaN or not ``below``."""
    if not value < below:
        return None
    for least, clause in ladder:
        if value >= least:
            return clause
    return None


def _named(e: Evidence, clause: str | None) -> str | None:
    """Put in what the texts are called, the one that is mentioned first in full."""
    if clause is None:
        return None
    one_first = clause.find("{one}") < clause.find("{other}")
    if e.length_ratio >= _UNEQUAL:
        first, second = "one text", "the other"
    elif one_first:
        first, second = "the shorter text", "the longer one"
    else:
        first, second = "the longer text", "the shorter one"
    return clause.format(one=first if one_first else second, other=second if one_first else first)


def _same_things(share: float, of_all: float, things: str) -> str | None:
    clause = _rung(of_all, _SAME_THINGS) or _rung(share, _SHARED_THINGS)
    return clause and clause.format(things)


def _other_things(share: float, of_all: float, things: str) -> str | None:
    if share >= 0.75 and of_all < 0.5:
        return f"one text has |many {things}| that the other does not have"
    clause = _rung(share, _OTHER_THINGS, below=0.75)
    return clause and clause.format(things)


def _same_facts(e: Evidence) -> str | None:
    shared = [things for things, share in (("names", e.names), ("figures", e.numbers)) if share > 0]
    clause = _rung(e.facts, _SAME_FACTS) if shared else None
    return clause and clause.format(" and ".join(shared))


def _other_facts(e: Evidence) -> str | None:
    """Say that names and figures are connected differently; where hardly a name is shared, that is the reason."""
    if e.names < _FEW_NAMES:
        return _other_things(e.names, e.names_jaccard, "names")
    return _rung(e.facts, _OTHER_FACTS, below=0.2) if e.names > 0 else None


def _same_wording(e: Evidence) -> str | None:
    share = max(e.grams_in_a, e.grams_in_b)
    clause = _rung(share, _SAME_WORDING) or _rung(_Shares.of(e).words, _SAME_WORDS)
    return _named(e, clause) or ("some phrases are the same" if share >= _SOME_PHRASES else None)


def _other_wording(e: Evidence) -> str | None:
    share = max(e.grams_in_a, e.grams_in_b)
    if share >= 0.35 and _Shares.of(e).new_other >= 0.3:
        return _named(e, "long parts of {other} have no phrase of {one}")
    return _rung(share, _OTHER_WORDING, below=0.85)


def _counterparts(e: Evidence) -> str | None:
    return _named(e, _rung(1 - _Shares.of(e).untold, _COUNTERPARTS))


def _no_counterparts(e: Evidence) -> str | None:
    shares = _Shares.of(e)
    clause = _rung(1 - shares.untold, _NO_COUNTERPARTS, below=0.88)
    if clause is None and shares.untold_other >= 0.5:
        clause = "most of {other} has no counterpart in {one}"
    return _named(e, clause)


def _orders(e: Evidence) -> list[float]:
    return [order for order in (e.order, e.retold_order) if not math.isnan(order)]


def _other_length(e: Evidence) -> str | None:
    if e.shorter < _SHORT:
        return "one text is too short to show much"
    return "one text is much longer than the other" if e.length_ratio < 0.4 else None


def _frame(e: Evidence) -> str | None:
    """Say that the shared phrases are frequent; where hardly any is shared, that is the reason."""
    return _rung(e.keys_frequent, _FRAME) if _shares_phrases(e) else _other_wording(e)


def _unique(e: Evidence) -> str | None:
    """Say that the shared phrases are rare; in an empty archive every phrase is, which shows nothing."""
    knows_archive = e.keys_unique < 1 or e.keys_rarity > e.keys_rare * RARITY_WITHOUT_STORIES + _ANY
    return _rung(e.keys_unique, _UNIQUE) if knows_archive and _shares_phrases(e) else None


def _shares_phrases(e: Evidence) -> bool:
    return max(e.keys_in_a, e.keys_in_b) > 0 and max(e.grams_in_a, e.grams_in_b) >= _FEW_PHRASES


Clauses = Mapping[Topic, Callable[[Evidence], str | None]]

#: What speaks for one story, by topic; equal length does not, because many texts have it.
LIKENESSES: Final[Clauses] = {
    Topic.NAMES: lambda e: _same_things(e.names, e.names_jaccard, "names"),
    Topic.FIGURES: lambda e: _same_things(e.numbers, e.numbers_jaccard, "figures"),
    Topic.FACTS: _same_facts,
    Topic.PASSAGES: _counterparts,
    Topic.ORDER: lambda e: _rung(min(_orders(e), default=math.nan), _IN_ORDER),
    Topic.OPENING: lambda e: "they begin alike" if e.opening >= _OPENING_ALIKE else None,
    Topic.WORDING: _same_wording,
    Topic.TITLE: lambda e: _rung(e.title, _SAME_TITLE),
    Topic.ARCHIVE: _unique,
}
#: What speaks against it.
DIFFERENCES: Final[Clauses] = {
    Topic.NAMES: lambda e: _other_things(e.names, e.names_jaccard, "names"),
    Topic.FIGURES: lambda e: _other_things(e.numbers, e.numbers_jaccard, "figures"),
    Topic.FACTS: _other_facts,
    Topic.PASSAGES: _no_counterparts,
    Topic.ORDER: lambda e: _rung(max(_orders(e), default=math.nan), _OUT_OF_ORDER, below=0.95),
    Topic.OPENING: lambda e: "they begin differently" if e.opening < _OPENING_UNLIKE else None,
    Topic.WORDING: _other_wording,
    Topic.TITLE: lambda e: _rung(e.title, _OTHER_TITLE, below=0.34),
    Topic.LENGTH: _other_length,
    Topic.ARCHIVE: _frame,
}
