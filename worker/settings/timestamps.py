"""What a person writes for a moment goes in, the moment in UTC comes out: for options and forms alike."""

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(written: str) -> datetime:
    """Return an ISO date or time (UTC unless it says otherwise), or how long ago: 30m, 2h, 3d, 1w.

    Raises:
        ValueError: it is neither; the message says what to write.
    """
    written = written.strip()
    try:
        if ago := _AGO.fullmatch(written):
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{written!r} is no time. Write a date (2026-01-31), a time (2026-01-31T18:00), or 2h, 3d."
        ) from error
