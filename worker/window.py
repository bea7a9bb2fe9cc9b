"""The window: only articles that are close in time are compared.

Two dated articles are as far apart as their dates of publication. If either has no date, their times of arrival count:
copies of one dispatch arrive together, whatever date their pages have. ``worker/store/window_sql.py`` has it in SQL.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

#: Versions under one id of one provider are joined if they are this many windows apart at most. The id is explicit, and
#: corrections come months later; but providers start numbering again, most of them with the year.
_REVISION_REACH: Final = 6
#: For how many windows after its first article a story is a candidate. After one window, stories whose later copies are
#: still in the window would be lost; without an end a key would have the stories of all years, and none stay rare.
_LIFE: Final = 2


class ArticleTimes(NamedTuple):
    """The times of an article, both with a time zone."""

    published: datetime | None
    arrived: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """Articles more than ``days`` apart are not compared; with 0 days, all are."""

    days: int
    _reach: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compute once what every pair needs."""
        object.__setattr__(self, "_reach", timedelta(days=self.days))

    def contains(self, a: ArticleTimes, b: ArticleTimes) -> bool:
        """Return whether two articles are to be compared."""
        if not self.days:
            return True
        if a.published and b.published:
            return abs(a.published - b.published) <= self._reach
        return abs(a.arrived - b.arrived) <= self._reach

    def for_revisions(self) -> "Window":
        """Return the window for versions of an article, which its provider sent under one id."""
        return Window(_REVISION_REACH * self.days)

    def cutoff(self, when: ArticleTimes, opened: datetime) -> datetime | None:
        """Return the earliest creation time of the stories to compare an article with; None if all stories are later.

        ``opened`` is the creation time of the first story of all. A text is delivered after it was published: the
        articles in an article's window arrived at most a window before it was published, or (without a date) arrived.
        """
        last = min(when.published, when.arrived) if when.published else when.arrived
        reach = _LIFE * self._reach
        return last - reach if self.days and last - opened > reach else None
