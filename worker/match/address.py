"""Compare addresses on the web: two texts found at one are most likely one article, fetched again or linked elsewhere.

It is evidence next to the texts, and never decides alone: a site may replace the text of a page, and some feeds give
all of their items one address.
"""

import html
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

#: Parameters that say where a reader came from, not which page it is.
_TRACKING: Final = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|cmpid|smid|ncid|xtor")
#: The ports of http and https, which need not be written.
_USUAL_PORTS: Final = (None, 80, 443)
#: Longer addresses are cut in the archive, and two that are cut may differ behind that.
_MAX_CHARACTERS: Final = 2000


@lru_cache(maxsize=4096)
def address_of(url: str | None) -> str | None:
    """Return what two addresses of one page have in common; None for a site's front page and for no address.

    The scheme and its usual port, ``www.``, the fragment, a final slash and parameters for tracking are left out, and
    ``&amp;``, as markup writes it, is read as ``&``.
    """
    if not url or len(url) > _MAX_CHARACTERS:
        return None
    try:
        parts = urlsplit(html.unescape(url.strip()) if "&amp;" in url else url.strip())
        port = parts.port
        query = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name.lower())]
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or not (path or query):
        return None
    host = parts.hostname.removeprefix("www.")
    return f"{host}{'' if port in _USUAL_PORTS else f':{port}'}{path}?{urlencode(query)}"
