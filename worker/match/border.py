"""Decide which verdicts are so close to the border that a person is asked."""

from typing import Final

#: The distance to the needed probability within which a verdict is close. In the generated feed of an agency and some
#: outlets, which is made of templates, follow-ups and independent reports, one article in twenty has such a verdict;
#: at twice the distance one in fourteen.
CLOSE: Final = 0.05


def is_close(*, same: bool, similarity: float, needed: float) -> bool:
    """Return whether a pair was joined or refused by little; ``needed`` is the probability that joins.

    A pair is also refused by little if its probability is sufficient, but most copies of the story did not agree.
    """
    return similarity < needed + CLOSE if same else similarity >= needed - CLOSE
