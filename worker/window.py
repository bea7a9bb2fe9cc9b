"""Which articles are compared at all: those that lie close in time.

Two articles that both say when they were published are as far apart as that; where one does not say, what counts is
when they arrived, for copies of one dispatch arrive together however their pages date themselves.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

#: In windows: how long after it was opened a story is looked for. One would lose those whose later copies still lie in
#: the window; without an end a key would count the stories of all years, and soon none would be rare enough to find by.
_LIFE: Final = 2


class ArticleTimes(NamedTuple):
    """The times of an article; both with a time zone."""

    published: datetime | None
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Articles further apart than ``days`` are not compared; 0: all are."""

    days: int
    _reach: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Reckon once what is asked of every pair."""
        object.__setattr__(self, "_reach", timedelta(days=self.days))

    def contains(self, a: ArticleTimes, b: ArticleTimes) -> bool:
        """Return whether the two articles are to be compared."""
        if not self.days:
            return True
        if a.published and b.published:
            return abs(a.published - b.published) <= self._reach
        return abs(a.arrived - b.arrived) <= self._reach

    def cutoff(self, when: ArticleTimes, opened: datetime) -> datetime | None:
        """Return when the oldest story was opened that an article is compared with; None: with the very first.

        ``opened`` is when the first one was. A text is delivered after it was published, so what an article's window
        holds came less than a window before it was published, or arrived.
        """
        last = min(when.published, when.arrived) if when.published else when.arrived
        reach = _LIFE * self._reach
        return last - reach if self.days and last - opened > reach else None
