"""Decode HTML entities that a scraper left in the text.

Only complete entities (`&comma;`, `&#39;`) are decoded, also if they were escaped repeatedly (`&amp;amp;quot;`).
"""

import re
from functools import lru_cache
from html import unescape

from worker.clean.metadata import Metadata, StepResult

#: An `&` that was escaped repeatedly counts as one entity; the length of names is bounded, so that matching is linear.
_ENTITY = re.compile(
    r"&(?:amp;|#0{0,5}38;|#[xX]0{0,4}26;)*(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)"
)


def decode_entities(text: str, _metadata: Metadata) -> StepResult:
    """Decode named and numeric entities."""
    if "&" not in text:
        return StepResult(text, 0)
    decoded, count = _ENTITY.subn(lambda match: _character(match[1]), text)
    return StepResult(decoded, count if decoded != text else 0)


@lru_cache(maxsize=1024)
def _character(name: str) -> str:
    return unescape("&" + name)
