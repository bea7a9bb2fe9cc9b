"""A text in; which of the steps that put characters and blanks right have to look at it, out.

One scan instead of five: most texts are sound but for blanks, and a text that was mended is looked at once more.
"""

import re2

from worker.clean.characters import normalise_characters
from worker.clean.encoding import WRONG_PAIR, mend_mojibake, mend_surrogates
from worker.clean.entities import decode_entities
from worker.clean.facts import Step
from worker.clean.spaces import collapse_blanks

_BLANKS = Step("blanks", collapse_blanks)
SURFACE_STEPS: tuple[Step, ...] = (
    Step("surrogates", mend_surrogates),
    Step("mojibake", mend_mojibake),
    Step("entities", decode_entities),
    Step("characters", normalise_characters),
    _BLANKS,
)

#: Ragged blanks; then controls, entities, characters beyond those that are Latin letters, usual punctuation, € and ™
#: (all of them in normal form by themselves), and what mojibake looks like.
_FAULT = re2.compile(
    "\\t|  | \\n|\\n |\\n\\n\\n|\\A[ \\n]|[ \\n]\\z"
    f"|[\\x00-\\x08\\x0b-\\x1f\\x7f&]|[^\\x00-\\x7f\u00a1-\u02ff\u2010-\u2027\u2030-\u205e\u20ac\u2122]|{WRONG_PAIR}"
)
_BLANK = "\t \n"


def surface_steps(text: str) -> tuple[Step, ...]:
    """Return the steps that the first fault asks for; none only where no step would change anything."""
    try:
        fault = _FAULT.search(text)
    except UnicodeEncodeError:  # a lone surrogate
        return SURFACE_STEPS
    if fault is None:
        return ()
    return (_BLANKS,) if fault.group() and not fault.group().strip(_BLANK) else SURFACE_STEPS
