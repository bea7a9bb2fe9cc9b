"""How long the stages of the work took, added up in one row a stage, over all processes and restarts."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from worker.process.stage_timer import Histogram
from worker.store.arrays import array, int_array
from worker.store.execute import execute

_ADD = """
    INSERT INTO stage_seconds (stage, counts, total)
    SELECT stage, counts::bigint[], total
    FROM unnest(CAST(%(stages)s AS text[]), CAST(%(counts)s AS text[]), CAST(%(totals)s AS float[]))
        AS t (stage, counts, total)
    ON CONFLICT (stage) DO UPDATE SET total = stage_seconds.total + excluded.total, counts = (
        SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY place)
        FROM unnest(stage_seconds.counts, excluded.counts) WITH ORDINALITY AS u (a, b, place))"""


def add(connection: Connection, found: Mapping[str, Histogram]) -> None:
    """Add what a batch measured, in one statement; in one order for all, so that no two wait for each other."""
    if found:
        stages = sorted(found)
        values = {
            "stages": array(stages),
            "counts": array(int_array(found[stage].counts) for stage in stages),
            "totals": array(found[stage].total for stage in stages),
        }
        execute(connection, _ADD, values)


def timings(connection: Connection) -> dict[str, Histogram]:
    """Return what was measured since the tables were made, by stage."""
    rows = connection.execute(text("SELECT stage, counts, total FROM stage_seconds"))
    return {row.stage: Histogram(list(row.counts), row.total) for row in rows}
