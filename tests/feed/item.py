"""One article of the feed, and its time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: The day of the first article: a Monday.
_FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Item:
    """``label`` is equal for copies of one text, and for nothing else; ``kind`` says how the text was made."""

    kind: str
    label: str
    title: str
    text: str
    published: datetime
    source: str = "agency"


def moment(day: int, minute: int) -> datetime:
    """Return a minute of a day of the feed; both count from 0."""
    return _FIRST_DAY + timedelta(days=day, minutes=minute)


def date(day: int) -> str:
    """Return a day of the feed as an agency writes it."""
    return f"{moment(day, 0):%B} {moment(day, 0).day}"
