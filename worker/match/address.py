"""Two texts found at one address on the web are most likely one article, fetched again or linked by another site.

The address is evidence next to the texts, and never decides alone: a site may replace the text of a page, and some
feeds give all of their items one address.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from worker.match.verdict import Verdict

#: One address multiplies the odds of one story by this. Of 152 pairs of short items with one address, a headline and
#: the item below it above all, held-out models give all but one a probability of .15 or more, and the limit becomes
#: .085; texts that share little, such as two states of a page that is rewritten daily, are far below.
SAME_ADDRESS_ODDS: Final = 20.0
#: Parameters that say where a reader came from, not which page it is.
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|smid|ncid|xtor")
#: Longer addresses are cut in the archive, and two that are cut may differ behind that.
_MAX_CHARACTERS: Final = 2000
_FOUND: Final = "Same story, found at the same address: "


@lru_cache(maxsize=4096)
def address_of(url: str | None) -> str | None:
    """Return what two addresses of one page have in common; None for a site's front page and for no address.

    The scheme, ``www.``, the fragment, a final slash and parameters for tracking are left out.
    """
    if not url or len(url) > _MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(url.strip())
        query = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name.lower())]
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or not (path or query):
        return None
    return f"{parts.hostname.removeprefix('www.')}{path}?{urlencode(query)}"


def at_same_address(verdict: Verdict) -> Verdict:
    """Return the verdict on two texts that were found at one address: the odds of one story are higher."""
    chance = verdict.probability
    if not 0.0 < chance < 1.0:
        return verdict
    chance = SAME_ADDRESS_ODDS * chance / (1 - chance + SAME_ADDRESS_ODDS * chance)
    same = chance >= verdict.needed
    before = _FOUND if same and not verdict.same else verdict.before
    return replace(verdict, same=same, similarity=chance, probability=chance, before=before)
