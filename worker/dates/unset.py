"""Recognise dates that programs write where none is set, and dates that no article can have."""

from datetime import UTC, datetime, timedelta

#: The first newspaper is the Relation of 1605. Earlier years are zero in some count: year 1 (.NET, Go), 1601 (Windows).
_FIRST_YEAR = 1605
#: .NET's and Postgres' greatest dates are in the year 9999.
_LAST_YEAR = 9998
#: Zero in the counts of Unix, Excel and Lotus (two), SQL Server, and the Macintosh.
_ZEROS = tuple(
    datetime(*day, tzinfo=UTC) for day in ((1970, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1904, 1, 1))
)
#: A zero is printed in local time and often without its zone; a paper of these five days loses its date.
_ZONES = timedelta(hours=14)


def set_or_none(moment: datetime) -> datetime | None:
    """Return ``moment`` (UTC) unless it means "not set"."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR or any(abs(moment - zero) <= _ZONES for zero in _ZEROS):
        return None
    return moment
