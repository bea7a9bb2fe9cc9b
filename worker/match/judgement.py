"""How much evidence a story needs: the setting ``judgement``, in words for users and in probabilities for the code."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Judgement(NamedTuple):
    """Two limits of the probability of one story, 0 to 1.

    ``same_story``: from here on a copy makes an article one of its story, if the canonical text or most copies agree ·
    ``agreement``: from here on a copy agrees, so that one likeness (a site's frame, a quoted statement) is not enough
    """

    same_story: float
    agreement: float


#: The values of the setting. Measured on held-out stories; `docs/how-to/tune.md` has the figures of each.
JUDGEMENTS: Final[Mapping[str, Judgement]] = {
    "strict": Judgement(0.85, 0.4),
    "balanced": Judgement(0.65, 0.25),
    "broad": Judgement(0.4, 0.15),
}
#: The default, also where no settings are known.
BALANCED: Final = JUDGEMENTS["balanced"]
