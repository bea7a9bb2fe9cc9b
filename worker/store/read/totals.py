"""Count files by state, articles by relation, and stories: exactly while that is cheap, else by estimate.

Every scrape and every dashboard view runs these queries, so their cost must not grow with the tables.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, text

#: Up to this many rows are counted exactly (about 50 ms); above it, Postgres's own estimate and a sample are used.
COUNTED_ROWS = 200_000
#: Rows of the sample: a share of 10 % is then accurate to half a percent.
_SAMPLED_ROWS = 20_000

_ESTIMATE = text("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = CAST(:table AS regclass)")
_OPEN = text("""
    SELECT state, count(*) FROM files WHERE finished_at IS NULL AND parts IS NULL GROUP BY 1
    UNION ALL SELECT state, count(*) FROM files
        WHERE state = 'quarantined' AND reason IS NOT NULL AND parent_id IS NULL AND dismissed_at IS NULL
        GROUP BY 1""")


@dataclass(frozen=True, slots=True)
class ArchiveTotals:
    """The counts; ``estimated`` is true if any of them is an estimate."""

    files: dict[str, int]
    articles: dict[str, int]
    stories: int
    estimated: bool


def totals(connection: Connection) -> ArchiveTotals:
    """Count files by state (unfinished parts of large files count as files), articles by relation, and live stories."""
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
    """Return the number of rows that meet ``condition``, or an estimate for the whole table, and whether it is one."""
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
    result = connection.execute(text(f"SELECT relation, count(*) FROM {source} GROUP BY 1 ORDER BY 1"))
    counts = {row[0]: row[1] for row in result}
    sampled = sum(counts.values())
    return {name: round(count * estimate / sampled) if many else count for name, count in counts.items()}, many
