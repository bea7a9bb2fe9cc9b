"""Explain the numbers that a verdict rests on.

Numbers are read by name, so that evidence stored by an older version is still explained.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from worker.match import NUMBERS, Evidence, contributions_by_number

#: Numbers that are printed below a reason: half a screen.
MOST_SHOWN = 8
#: Shares that the model takes for 0 or 1 where no key phrase is shared; there is nothing to compare.
_SHARES_OF_SHARED_KEYS = ("keys_unique", "keys_frequent")
#: A smaller change of the log-odds is not shown.
_MIN_SHOWN = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One number of the evidence. ``value`` is None where there was nothing to compare, as without names.

    ``says`` is its contribution to the log-odds of one story: above 0 for it, below 0 against it.
    """

    name: str
    label: str
    value: float | int | bool | None
    shown: str
    meaning: str
    says: float = 0.0

    @property
    def log_odds_text(self) -> str:
        """The contribution as text, "for 1.2" or "against 0.3"; empty where it is negligible."""
        if abs(self.says) < _MIN_SHOWN:
            return ""
        return f"{'for' if self.says > 0 else 'against'} {abs(self.says):.1f}"


def findings(evidence: Mapping[str, Any]) -> list[Finding]:
    """Return the evidence explained, the most important first; an unknown number keeps its name and comes last."""
    known = [name for name in NUMBERS if name in evidence]
    moved = contributions_by_number(_restored(evidence)) if evidence.keys() == NUMBERS.keys() else {}
    names = [*known, *sorted(evidence.keys() - NUMBERS.keys())]
    nothing = _SHARES_OF_SHARED_KEYS if evidence.get("keys_in_a") == 0 else ()
    return [
        replace(_finding(name, None if name in nothing else evidence[name]), says=round(moved.get(name, 0.0), 2))
        for name in names
    ]


def strongest(found: Sequence[Finding]) -> list[Finding]:
    """Return the ``MOST_SHOWN`` shares with the greatest effect, of equals the first, in the order of ``found``.

    Counts, such as standard errors or sums of weights, need the manual; shares don't.
    """
    shares = [f for f in found if f.value is not None and f.name in NUMBERS and not NUMBERS[f.name].is_count]
    by_effect = sorted(shares, key=lambda finding: -abs(finding.says))[:MOST_SHOWN]
    return [finding for finding in shares if finding in by_effect]


def _restored(evidence: Mapping[str, Any]) -> Evidence:
    """Return stored evidence as it was computed: a number without anything to compare is null in JSON, NaN here."""
    numbers: Any = {name: math.nan if value is None else value for name, value in evidence.items()}
    return Evidence(**numbers | {"distance": evidence["distance"]})


def _finding(name: str, value: Any) -> Finding:
    label, meaning, _, is_count = NUMBERS.get(name, (name, "", "", True))
    if isinstance(value, bool):
        return Finding(
            name, label, value, "yes" if value else "no", meaning if value else "the words are not all the same"
        )
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Finding(name, label, None, "–", "nothing to compare")
    if not isinstance(value, int | float):
        return Finding(name, label, None, str(value), meaning)
    return Finding(name, label, value, f"{value:,.0f}" if is_count else f"{value:.0%}", meaning)
