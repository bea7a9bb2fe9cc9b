"""The clauses of reasons, each with the least value of its number that bears it out."""

import math
from typing import Final

#: Under the first share of common phrases there are hardly any, and it does not matter which; under the second, few.
FEW_PHRASES: Final = 0.04
SOME_PHRASES: Final = 0.15
#: From this share of common names on it is worth mention that they are connected differently: of fewer names, fewer
#: connections are shared anyway.
MOST_NAMES: Final = 0.6
#: Less than this is nothing: the least share of a text of ten thousand words is greater.
_ANY: Final = 1e-6
#: All, but for rounding: one missing phrase in ten thousand is not.
_ALL: Final = 1 - 1e-5


#: Clauses by the least value that they need, the greatest first. Clauses that differ only between bars may be joined.
#: ``{}`` are names, figures or both, ``{whose}`` in which text, ``{one}`` the shorter text, ``{other}`` the longer one.
Ladder = tuple[tuple[float, str], ...]

SAME_THINGS: Final[Ladder] = (
    (_ALL, "|all {}| are the same"),
    (0.9, "|nearly all {}| are the same"),
    (0.75, "|most {}| are the same"),
)
IN_BOTH: Final = " are in both"
OF_THE_SHORTER: Final = " of the shorter text are in the longer one too"
OF_ONE: Final = " of one text are in the other too"
SHARED_THINGS: Final[Ladder] = (
    (_ALL, "|all {}|{whose}"),
    (0.9, "|nearly all {}|{whose}"),
    (MOST_NAMES, "|most {}|{whose}"),
)
OTHER_THINGS: Final[Ladder] = (
    (0.4, "|about half of the {}| are in only one of the texts"),
    (0.0, "|most {}| are in only one of the texts"),
)
FEW_THINGS: Final[Ladder] = ((_ANY, "they have |few {}| in common"), (0.0, "they have |no {}| in common"))
SAME_FACTS: Final[Ladder] = (
    (0.7, "the same {} are mentioned together in both"),
    (0.4, "some of the same {} are mentioned together in both"),
)
SAME_WORDING: Final[Ladder] = (
    (_ALL, "all of {one} is word for word in {other}"),
    (0.85, "nearly all of {one} is word for word in {other}"),
    (0.6, "most of {one} is word for word in {other}"),
    (0.3, "parts of {one} are word for word in {other}"),
)
SAME_WORDING_OF_EQUALS: Final[Ladder] = (
    (0.85, "they are nearly the same word for word"),
    (0.6, "most of the wording is the same"),
    (0.3, "parts of the wording are the same"),
)
SAME_WORDS: Final[Ladder] = (
    (0.6, "|most of the words| of {one} are in {other} too"),
    (0.45, "|about half of the words| of {one} are in {other} too"),
)
SAME_WORDS_OF_EQUALS: Final[Ladder] = (
    (0.6, "|most of the words| are in both"),
    (0.45, "|about half of the words| are in both"),
)
OTHER_WORDING: Final[Ladder] = (
    (0.6, "parts of the wording differ"),
    (SOME_PHRASES, "only parts of the wording are the same"),
    (FEW_PHRASES, "little of the wording is the same"),
    (_ANY, "hardly any wording is the same"),
    (0.0, "no three words in a row are the same"),
)
COUNTERPARTS: Final[Ladder] = (
    (_ALL, "every passage of {one} is similar to one of {other}"),
    (0.88, "nearly every passage of {one} is similar to one of {other}"),
    (0.6, "most passages of {one} are similar to one of {other}"),
)
COUNTERPARTS_OF_EQUALS: Final[Ladder] = (
    (_ALL, "every passage of each text is similar to one of the other"),
    (0.88, "nearly every passage of each text is similar to one of the other"),
    (0.6, "most passages of each text are similar to one of the other"),
)
NO_COUNTERPARTS: Final[Ladder] = (
    (0.5, "parts of {one} are not in {other}"),
    (0.15, "most of {one} is not in {other}"),
    (_ANY, "hardly any passage of {one} is similar to one of {other}"),
    (0.0, "no passage of {one} is similar to one of {other}"),
)
NO_COUNTERPARTS_OF_EQUALS: Final[Ladder] = (
    (0.5, "parts of each text are not in the other"),
    (0.15, "most of each text is not in the other"),
    (_ANY, "hardly any passage of one text is similar to one of the other"),
    (0.0, "no passage of one text is similar to one of the other"),
)
IN_ORDER: Final[Ladder] = (
    (0.95, "what they share is in the same order"),
    (0.8, "what they share is in much the same order"),
)
WORDS_IN_ORDER: Final[Ladder] = (
    (0.95, "the words that they share are in the same order"),
    (0.8, "the words that they share are in much the same order"),
)
OUT_OF_ORDER: Final[Ladder] = (
    (0.6, "some of what they share is in another order"),
    (0.0, "much of what they share is in another order"),
)
SAME_TITLE: Final[Ladder] = ((0.99, "the headlines agree"), (0.5, "the headlines are similar"))
OTHER_TITLE: Final[Ladder] = (
    (_ANY, "the headlines have little in common"),
    (0.0, "the headlines have nothing in common"),
)
FRAME: Final[Ladder] = (
    (0.5, "most phrases that they share are in many other stories too"),
    (0.2, "some phrases that they share are in many other stories too"),
)
UNIQUE: Final[Ladder] = (
    (0.9, "hardly any other story has the phrases that they share"),
    (0.5, "most phrases that they share are in no other story"),
)


def rung(value: float, ladder: Ladder, below: float = math.inf) -> str | None:
    """Return the first clause that ``value`` is enough for; None if there is none, if it is NaN or not ``below``."""
    if not value < below:
        return None
    for least, clause in ladder:
        if value >= least:
            return clause
    return None
