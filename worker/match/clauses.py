"""Say in plain words what two articles have in common on a topic, or how they differ: a clause of a reason.

A clause says no more than its numbers show. Where they show nothing for the asked side, there is no clause.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from worker.match.evidence import Evidence, Topic
from worker.match.key_rarity import RARITY_AMONG_FEW
from worker.match.ladders import (
    COUNTERPARTS,
    COUNTERPARTS_OF_EQUALS,
    FEW_PHRASES,
    FEW_THINGS,
    FRAME,
    IN_BOTH,
    IN_ORDER,
    MOST_NAMES,
    NO_COUNTERPARTS,
    NO_COUNTERPARTS_OF_EQUALS,
    OF_ONE,
    OF_THE_SHORTER,
    OTHER_THINGS,
    OTHER_TITLE,
    OTHER_WORDING,
    OUT_OF_ORDER,
    SAME_FACTS,
    SAME_THINGS,
    SAME_TITLE,
    SAME_WORDING,
    SAME_WORDING_OF_EQUALS,
    SAME_WORDS,
    SAME_WORDS_OF_EQUALS,
    SHARED_THINGS,
    SOME_PHRASES,
    UNIQUE,
    WORDS_IN_ORDER,
    rung,
)

#: From this ratio of lengths on readers can't tell which text is the shorter one: only what holds of both is said.
_EQUAL: Final = 0.9
#: A text with fewer content words, two sentences or so, is called too short.
_SHORT: Final = 30
#: An opening that has this share of its words in an opening passage of the other is alike; under the second, different.
_OPENING_ALIKE: Final = 0.6
_OPENING_UNLIKE: Final = 0.25

#: Under this share there are few names in common; readers see the order of what is shared from the second on.
_FEW_NAMES: Final = 0.25
_VISIBLE_PHRASES: Final = 0.3
#: A passage that is similar shares a quarter of its words; passages are called similar if they share this on average.
_SIMILAR: Final = 0.45
#: At most the second share of the fewer names is called shared if less than the first of their connections is.
_SURE: Final = 0.7
_MOST: Final = 0.89
_MOST_OF_ALL: Final = 0.74
#: Under this ratio of names the text with fewer is the shorter one, if that of lengths is under it too: else it would
#: have twice as many in the same space.
_CLEARLY_FEWER: Final = 0.7
#: From this share on the parts of a text that are not in the other are called long.
_LONG: Final = 0.3


class _Sides(NamedTuple):
    """The numbers of the shorter text, ``one``, and of the longer one.

    If the texts are ``equal`` in length, of each number the smaller one of the two: so what is said holds of both.
    """

    equal: bool
    grams: float  # shares of one that are in the other
    words: float
    retold: float
    untold: float  # of one, in passages without a counterpart
    untold_most: float  # the same; of equal texts the greater one
    untold_other: float
    new_other: float  # of the other, in long stretches without a shared phrase

    @classmethod
    def of(cls, e: Evidence) -> "_Sides":
        a = (e.grams_in_b, e.words_in_b, e.retold_in_b, e.untold_in_a, e.new_in_a)
        b = (e.grams_in_a, e.words_in_a, e.retold_in_a, e.untold_in_b, e.new_in_b)
        if not (e.length_ratio < _EQUAL and _ratio(e.words_in_a, e.words_in_b) < _EQUAL):
            grams, words, retold = (min(pair) for pair in zip(a[:3], b[:3], strict=True))
            least, most = sorted((e.untold_in_a, e.untold_in_b))
            return cls(True, grams, words, retold, least, most, least, min(e.new_in_a, e.new_in_b))
        one, other = (a, b) if e.words_in_b > e.words_in_a else (b, a)
        return cls(False, *one[:4], one[3], *other[3:])

    def say(self, clause: str | None) -> str | None:
        """Put in what the texts are called, the one that is mentioned first in full."""
        if clause is None:
            return None
        if clause.find("{one}") < clause.find("{other}"):
            return clause.format(one="the shorter text", other="the longer one")
        return clause.format(one="the shorter one", other="the longer text")


def _ratio(x: float, y: float) -> float:
    return min(x, y) / max(x, y) if max(x, y) > 0 else 1.0


def same_names(e: Evidence) -> str | None:
    """Say how many names are shared; more than most only where their connections bear it out.

    A word that is a name in one text and not in the other counts as shared, which in short texts hides missing names.
    """
    if e.facts >= _SURE:
        return _same_things(e, e.names, e.names_jaccard, "names")
    return _same_things(e, min(e.names, _MOST), min(e.names_jaccard, _MOST_OF_ALL), "names")


def _same_things(e: Evidence, share: float, of_all: float, things: str) -> str | None:
    clause = rung(of_all, SAME_THINGS) or rung(share, SHARED_THINGS)
    return clause and clause.format(things, whose=_whose(e, share, of_all))


def _whose(e: Evidence, share: float, of_all: float) -> str:
    """Return which text ``share`` is of: it has fewer names or figures, and is the shorter one if both are clear."""
    fewer = 1 / (share / of_all + share - 1) if of_all > 0 and share > 0 else 0.0  # compared with those of the other
    if fewer >= _EQUAL:
        return IN_BOTH
    return OF_THE_SHORTER if max(fewer, e.length_ratio) < _CLEARLY_FEWER else OF_ONE


def _other_things(share: float, of_all: float, things: str) -> str | None:
    if share >= 0.75:
        return f"|many {things}| are in only one of the texts" if of_all < 0.5 else None
    clause = rung(share, FEW_THINGS, below=_FEW_NAMES) or rung(of_all if share >= 0 else math.nan, OTHER_THINGS)
    return clause and clause.format(things)


def _same_facts(e: Evidence) -> str | None:
    shared = [things for things, share in (("names", e.names), ("figures", e.numbers)) if share > 0]
    clause = rung(e.facts, SAME_FACTS) if shared else None
    return clause and clause.format(" and ".join(shared))


def _other_facts(e: Evidence) -> str | None:
    """Say that names and figures are connected differently; where hardly a name is shared, that is the reason."""
    if e.names < _FEW_NAMES:
        return _other_things(e.names, e.names_jaccard, "names")
    if e.names >= MOST_NAMES and e.facts < 0.2:
        return "around the names that they share, the other names and figures differ"
    return None


def _same_wording(e: Evidence) -> str | None:
    sides = _Sides.of(e)
    wording, words = (SAME_WORDING_OF_EQUALS, SAME_WORDS_OF_EQUALS) if sides.equal else (SAME_WORDING, SAME_WORDS)
    clause = rung(sides.grams, wording) or rung(sides.words, words)
    return sides.say(clause) or ("some of the wording is the same" if sides.grams >= SOME_PHRASES else None)


def _other_wording(e: Evidence) -> str | None:
    return _long_parts(e) or rung(max(e.grams_in_a, e.grams_in_b), OTHER_WORDING, below=0.85)


def _long_parts(e: Evidence) -> str | None:
    """Say that texts with much in common have long parts of which the other has no phrase, or no passage either."""
    sides = _Sides.of(e)
    if max(e.grams_in_a, e.grams_in_b) < 0.35 or not sides.new_other >= _LONG:
        return None
    if sides.equal:
        missing = "are not in" if sides.untold_other >= _LONG else "have no wording in common with"
        return f"long parts of each text {missing} the other"
    return sides.say("long parts of {other} are not in {one}") if sides.untold_other >= _LONG else None


def _counterparts(e: Evidence) -> str | None:
    sides = _Sides.of(e)
    ladder = COUNTERPARTS_OF_EQUALS if sides.equal else COUNTERPARTS
    return sides.say(rung(1 - sides.untold_most, ladder)) if sides.retold >= _SIMILAR else None


def _no_counterparts(e: Evidence) -> str | None:
    sides = _Sides.of(e)
    if sides.untold_other >= _LONG and (long_parts := _long_parts(e)):
        return long_parts
    if sides.equal:
        return rung(1 - sides.untold, NO_COUNTERPARTS_OF_EQUALS, below=0.88)
    clause = rung(1 - sides.untold, NO_COUNTERPARTS, below=0.88)
    if clause is None and sides.untold_other >= 0.5:
        clause = "most of {other} is not in {one}"
    return sides.say(clause)


def _orders(e: Evidence) -> list[float]:
    return [order for order in (e.order, e.retold_order) if not math.isnan(order)]


def _in_order(e: Evidence) -> str | None:
    return rung(min(_orders(e), default=math.nan), IN_ORDER if _shows_order(e) else WORDS_IN_ORDER)


def _out_of_order(e: Evidence) -> str | None:
    """Say that the order differs, where readers see it: passages are in another order, and enough is word for word.

    The order of words alone misleads: a short text's words are also elsewhere in a long one that contains it.
    """
    if math.isnan(e.retold_order) or not _shows_order(e):
        return None
    return rung(max(_orders(e)), OUT_OF_ORDER, below=0.8)


def _shows_order(e: Evidence) -> bool:
    return max(e.grams_in_a, e.grams_in_b) >= _VISIBLE_PHRASES


def _other_length(e: Evidence) -> str | None:
    if e.shorter < _SHORT:
        equal = e.length_ratio >= _EQUAL
        return "both texts are too short to prove much" if equal else "the shorter text is too short to prove much"
    return "one text is much longer than the other" if e.length_ratio < 0.4 else None


def _frame(e: Evidence) -> str | None:
    """Say that the shared phrases are frequent; where hardly any is shared, that is the reason."""
    return rung(e.keys_frequent, FRAME) if _shares_phrases(e) else _other_wording(e)


def _unique(e: Evidence) -> str | None:
    """Say that the shared phrases are rare; in an empty archive every phrase is, which shows nothing."""
    return rung(e.keys_unique, UNIQUE) if _knows_archive(e) and _shares_phrases(e) else None


def _knows_archive(e: Evidence) -> bool:
    """Return whether there are other stories that could have the shared keys."""
    return e.keys_unique < 1 or e.keys_rarity >= e.keys_rare * RARITY_AMONG_FEW


def _shares_phrases(e: Evidence) -> bool:
    return max(e.keys_in_a, e.keys_in_b) > 0 and max(e.grams_in_a, e.grams_in_b) >= FEW_PHRASES


Clauses = Mapping[Topic, Callable[[Evidence], str | None]]

#: What speaks for one story, by topic; equal length does not, because many texts have it.
LIKENESSES: Final[Clauses] = {
    Topic.NAMES: same_names,
    Topic.FIGURES: lambda e: _same_things(e, e.numbers, e.numbers_jaccard, "figures"),
    Topic.FACTS: _same_facts,
    Topic.PASSAGES: _counterparts,
    Topic.ORDER: _in_order,
    Topic.OPENING: lambda e: "the two texts begin alike" if e.opening >= _OPENING_ALIKE else None,
    Topic.WORDING: _same_wording,
    Topic.TITLE: lambda e: rung(e.title, SAME_TITLE),
    Topic.ARCHIVE: _unique,
}
#: What speaks against it.
DIFFERENCES: Final[Clauses] = {
    Topic.NAMES: lambda e: _other_things(e.names, e.names_jaccard, "names"),
    Topic.FIGURES: lambda e: _other_things(e.numbers, e.numbers_jaccard, "figures"),
    Topic.FACTS: _other_facts,
    Topic.PASSAGES: _no_counterparts,
    Topic.ORDER: _out_of_order,
    Topic.OPENING: lambda e: "the two texts begin differently" if e.opening < _OPENING_UNLIKE else None,
    Topic.WORDING: _other_wording,
    Topic.TITLE: lambda e: rung(e.title, OTHER_TITLE, below=0.34),
    Topic.LENGTH: _other_length,
    Topic.ARCHIVE: _frame,
}
