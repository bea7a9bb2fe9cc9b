"""Who issued an article's id, and which version of it an article is.

An id counts only together with its provider: two agencies number their dispatches from 1.
"""

import re
from datetime import UTC, datetime, timedelta

from worker.formats import dates

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
#: The largest bigint of Postgres has 19 digits.
_VERSION = re.compile(r"[0-9]{1,18}")
_URL = re.compile(r"https?://(?:[^/?#@\s]*@)?(?:www\.)?([^/?#:@\s]+)(?::\d+)?([^\s]*)", re.IGNORECASE)
#: RFC 4151 (``tag:agency.example,2026:17``) and RFC 3085 (``urn:newsml:agency.example:20260131:17``).
_NAMED_AUTHORITY = re.compile(r"(?:tag:([^,:\s]+),|urn:newsml:([^:\s]+):)", re.IGNORECASE)


def authority(external_id: str | None) -> str | None:
    """Return the host or organisation that an id names as its issuer; None if it names none.

    The address of a site is no id of an article: feeds with faults repeat it in every item.
    """
    external_id = external_id or ""
    if named := _NAMED_AUTHORITY.match(external_id):
        return (named[1] or named[2]).lower()
    url = _URL.fullmatch(external_id)
    return url[1].lower() if url and url[2].strip("/?#") else None


def host(url: str | None) -> str | None:
    """Return the host of a web address, in lower case and without ``www.``; None if it is no address."""
    match = _URL.fullmatch(url or "")
    return match[1].lower() if match else None


def version(value: object) -> int | None:
    """Return a version number, or a time in milliseconds since 1970; None if ``value`` is neither.

    A decimal fraction is no version: of 1.9 and 1.10, either may be the later one.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return int(value) if _VERSION.fullmatch(value := value.strip()) else instant(value)


def instant(value: object) -> int | None:
    """Return a time in milliseconds since 1970; None if ``value`` is no date."""
    when = dates.parse(value) if isinstance(value, str) else None
    return (when - _EPOCH) // _MILLISECOND if when else None
