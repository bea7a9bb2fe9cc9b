"""Parse dates as feeds, agencies and scrapers write them.

Only unambiguous forms are accepted: 03/04/2022 is a different day in Britain and in the United States.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Seconds since 1970 reach this in the year 5138; larger numbers are milliseconds.
_MILLISECONDS_FROM = 100_000_000_000
#: Milliseconds reach this in the year 2286; larger numbers are a date's digits, as in web archives: 20260131182500.
_DIGITS_FROM = 10_000_000_000_000


def parse(value: object) -> datetime | None:
    """Return ``value`` (ISO 8601, RFC 2822, 14 digits, seconds or milliseconds since 1970) as an aware UTC datetime.

    A time without a zone is read as UTC. Return None if the value is not a date or is ambiguous.
    """
    try:
        if isinstance(value, datetime):
            parsed = value
        elif isinstance(value, bool):
            return None
        elif isinstance(value, int | float):
            parsed = _from_number(value)
        elif isinstance(value, str):
            parsed = _from_text(value.strip())
        else:
            return None
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _from_text(text: str) -> datetime:
    if text.isdecimal() and len(text) >= 9:  # fromisoformat would read 1712052341123 as a time on 23 May 1712
        return _from_number(int(text[:20]))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text[:100])


def _from_number(number: float) -> datetime:
    if number >= _DIGITS_FROM:
        return datetime.strptime(str(int(number)), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if number < -_DIGITS_FROM:  # before the year 1653; gmtime raises an OSError for much larger ones
        raise ValueError("not a time")
    return datetime.fromtimestamp(number / 1000 if abs(number) >= _MILLISECONDS_FROM else number, UTC)
