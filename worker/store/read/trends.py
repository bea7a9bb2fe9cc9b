"""Count files, their outcomes, new stories and copies by relation over time, in equal steps.

For a long period, evenly spaced ids are read and the counts multiplied, so an hour and a month cost the same.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, text

from worker.store.id_search import first_since, newest_id
from worker.store.models import changes, files

#: Rows read per query: about 0.05 s; a step that holds 2 % of them is then accurate to about 7 %.
_MOST_ROWS = 10_000


@dataclass(slots=True)
class TrendStep:
    """One step of time, from ``start`` on. The seconds are the median and 95th percentile from arrival to outcome."""

    start: datetime
    files: int = 0
    quarantined: int = 0
    open: int = 0
    median_seconds: float | None = None
    slow_seconds: float | None = None
    articles: dict[str, int] = field(default_factory=dict)

    @property
    def stories(self) -> int:
        """New stories: created, or split from another."""
        return self.articles.get("original", 0)


@dataclass(frozen=True, slots=True)
class Trends:
    """The steps of a period, oldest first; only every ``every``-th id was read and the counts multiplied by it."""

    steps: list[TrendStep]
    length: timedelta
    every: int


_FILES = text("""
    SELECT floor(extract(epoch FROM f.arrived_at - :start) / :length)::int AS step, count(*) AS files,
        count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE finished_at IS NULL) AS open,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - f.arrived_at)::float) AS median,
        percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - f.arrived_at)::float) AS slow
    FROM generate_series(CAST(:first AS bigint), :last, :every) AS t (id) JOIN files f ON f.id = t.id
    WHERE f.parent_id IS NULL AND f.arrived_at >= :start GROUP BY 1""")

#: From the change feed: relation and story of an article change later, the time of a change does not.
#: A copy that has become canonical since then came as a fuller text.
_CHANGES = text("""
    SELECT floor(extract(epoch FROM c.at - :start) / :length)::int AS step,
        CASE WHEN c.kind <> 'copy' THEN 'original' WHEN a.relation = 'original' THEN 'extended' ELSE a.relation END
            AS relation,
        count(*) AS articles
    FROM generate_series(CAST(:first AS bigint), :last, :every) AS t (id)
    JOIN changes c ON c.id = t.id LEFT JOIN articles a ON a.id = c.article_id
    WHERE c.at >= :start AND (c.kind IN ('created', 'split') OR c.kind = 'copy' AND a.id IS NOT NULL) GROUP BY 1, 2""")


def trends(connection: Connection, start: datetime, length: timedelta, steps: int) -> Trends:
    """Return the trends in ``steps`` steps of ``length``, from ``start`` on."""
    counted = [TrendStep(start + length * i) for i in range(steps)]
    values = {"start": start, "length": length.total_seconds()}
    span, every = _span(connection, files.c.arrived_at, start)
    for row in connection.execute(_FILES, values | span):
        if 0 <= row.step < steps:
            step = counted[row.step]
            step.files, step.quarantined, step.open = (n * every for n in (row.files, row.quarantined, row.open))
            step.median_seconds, step.slow_seconds = row.median, row.slow
    span, every_change = _span(connection, changes.c.at, start)
    for row in connection.execute(_CHANGES, values | span):
        if 0 <= row.step < steps:
            counted[row.step].articles[row.relation] = row.articles * every_change
    return Trends(counted, length, max(every, every_change))


def _span(connection: Connection, created_at: "Column[datetime]", start: datetime) -> tuple[dict[str, int], int]:
    """Return the range of ids of a table from ``start`` to now, and the sampling interval of ids."""
    first = first_since(connection, created_at, start)
    last = newest_id(connection, created_at.table)
    every = max((last - first) // _MOST_ROWS, 1)
    return {"first": first, "last": last, "every": every}, every
