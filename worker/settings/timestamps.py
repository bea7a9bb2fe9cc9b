"""Parse a time as people write it in command-line options and forms."""

import re
from datetime import UTC, datetime, timedelta

from worker.dates.written import parse_written

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_time(written: str) -> datetime:
    """Return in UTC a date or time (UTC if it names no zone) or an age such as 30m, 2h, 3d, 1w.

    Raises:
        ValueError: ``written`` is neither; the message says what to write.
    """
    written = written.strip()
    try:
        if ago := _AGO.fullmatch(written):
            return datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        if parsed := parse_written(written):
            return parsed
    except OverflowError:
        pass  # an age that begins before the year 1
    raise ValueError(f"{written!r} is not a time. Write a date (2026-01-31), a time (2026-01-31T18:00), or 2h, 3d.")
