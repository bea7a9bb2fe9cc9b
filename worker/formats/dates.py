"""A date as feeds, agencies and scrapers write it -> an aware datetime in UTC, or None.

Only forms that name year, month and day without doubt: 03/04/2022 is two different days to two readers.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Seconds since 1970 pass this in the year 5138; larger numbers are milliseconds.
_MILLISECONDS_FROM = 100_000_000_000


def parse(value: object) -> datetime | None:
    """Return ``value`` (ISO 8601, RFC 2822, or seconds or milliseconds since 1970) in UTC; None if unclear.

    A time without a zone is taken as UTC.
    """
    try:
        if isinstance(value, datetime):
            found = value
        elif isinstance(value, bool):
            return None
        elif isinstance(value, int | float):
            found = datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS_FROM else value, UTC)
        elif isinstance(value, str):
            found = _from_text(value.strip())
        else:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def _from_text(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        if text.isdigit() and len(text) >= 9:
            number = int(text[:20])
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
        return parsedate_to_datetime(text[:100])
