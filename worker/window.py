"""Which articles are compared at all: those that lie close in time.

Two articles that both say when they were published are as far apart as that; where one does not say, what counts is
when they arrived, for copies of one dispatch arrive together however their pages date themselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class When:
    """The times of an article; both with a time zone."""

    published: datetime | None
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Articles further apart than ``days`` are not compared; 0: all are."""

    days: int

    def holds(self, a: When, b: When) -> bool:
        """Return whether the two articles are to be compared."""
        if not self.days:
            return True
        if a.published and b.published:
            return abs(a.published - b.published) <= timedelta(days=self.days)
        return abs(a.arrived - b.arrived) <= timedelta(days=self.days)
