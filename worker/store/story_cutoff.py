"""The oldest story that an article is compared with: older stories cost nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection, select

from worker.store.id_search import first_since
from worker.store.models import stories
from worker.window import ArticleTimes, Window


@dataclass
class StoryCutoff:
    """Caches when the first story was opened, and the first story of each day; neither changes."""

    _opened: datetime | None = None
    _first_of: dict[date, int] = field(default_factory=dict)

    def oldest(self, connection: Connection, articles: Sequence[ArticleTimes], window: Window) -> list[int]:
        """Return, for each article, the id of the oldest story that it is compared with; 0 for the very first story."""
        if self._opened is None:
            self._opened = connection.execute(select(stories.c.created_at).order_by(stories.c.id).limit(1)).scalar()
        if self._opened is None:
            return [0] * len(articles)
        cutoffs = [window.cutoff(when, self._opened) for when in articles]
        return [0 if time is None else self._first(connection, time.astimezone(UTC).date()) for time in cutoffs]

    def _first(self, connection: Connection, day: date) -> int:
        if day not in self._first_of:
            midnight = datetime.combine(day, time(), UTC)
            self._first_of[day] = first_since(connection, stories.c.created_at, midnight)
        return self._first_of[day]
