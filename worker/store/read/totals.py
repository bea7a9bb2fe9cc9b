"""How much there is: files by state, articles by relation, stories. Exact while that is cheap, else well estimated.

Asked at every scrape and every look at the dashboard, so no answer may grow with the tables.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Up to so many rows are counted one by one (about 50 ms); of more, Postgres's own estimate and a sample are taken.
COUNTED_ROWS = 200_000
#: Rows of the sample: a share of 10 % is then known to half a percent.
_SAMPLED_ROWS = 20_000

_ESTIMATE = text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = CAST(:table AS regclass)")
_OPEN = text("""
    SELECT state, count(*) FROM files WHERE finished_at IS NULL AND parts IS NULL GROUP BY 1
    UNION ALL SELECT state, count(*) FROM files
        WHERE state = 'quarantined' AND reason IS NOT NULL AND parent_id IS NULL GROUP BY 1""")


@dataclass(frozen=True, slots=True)
class ArchiveTotals:
    """What there is; ``estimated`` tells that large numbers are near, not exact."""

    files: dict[str, int]
    articles: dict[str, int]
    stories: int
    estimated: bool


def totals(connection: Connection) -> ArchiveTotals:
    """Count files by state (parts of large files count while they are open), articles by relation, live stories."""
    files, many_files = _rows(connection, "files", "state = 'done' AND parent_id IS NULL")
    articles, many = _by_relation(connection)
    stories, many_stories = _rows(connection, "stories", "merged_into IS NULL")
    states = {row[0]: row[1] for row in connection.execute(_OPEN)}
    if many_files:
        files = max(files - sum(states.values()), 0)
    states = {name: count for name in _STATES if (count := {**states, "done": files}.get(name, 0))}
    return ArchiveTotals(states, articles, stories, many or many_files or many_stories)


_STATES = ("waiting", "processing", "done", "quarantined")


def _rows(connection: Connection, table: str, condition: str) -> tuple[int, bool]:
    """Return the rows of a table: those of ``condition``, or the estimate of all when there are many."""
    estimate: int = connection.execute(_ESTIMATE, {"table": table}).scalar_one()
    if estimate > COUNTED_ROWS:
        return estimate, True
    counted: int = connection.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}")).scalar_one()
    return counted, False


def _by_relation(connection: Connection) -> tuple[dict[str, int], bool]:
    estimate: int = connection.execute(_ESTIMATE, {"table": "articles"}).scalar_one()
    many = estimate > COUNTED_ROWS
    percent = min(100 * _SAMPLED_ROWS / max(estimate, 1), 100)
    source = f"articles TABLESAMPLE SYSTEM ({percent:.4f})" if many else "articles"
    counts = connection.execute(text(f"SELECT relation, count(*) FROM {source} GROUP BY 1 ORDER BY 1"))
    found = {row[0]: row[1] for row in counts}
    seen = sum(found.values())
    return {name: round(count * estimate / seen) if many else count for name, count in found.items()}, many
