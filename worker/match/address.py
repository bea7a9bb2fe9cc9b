"""Compare addresses on the web: two texts found at one are most likely one article, fetched again or linked elsewhere.

It is evidence next to the texts, and never decides alone: a site may replace the text of a page, and some feeds give
all of their items one address.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

#: Parameters that say where a reader came from, not which page it is.
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|smid|ncid|xtor")
#: Longer addresses are cut in the archive, and two that are cut may differ behind that.
_MAX_CHARACTERS: Final = 2000


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
