"""How long the stages of the work took: one row per stage, summed over all processes and restarts."""

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


def add(connection: Connection, measured: Mapping[str, Histogram]) -> None:
    """Add the times of a batch in one statement; all batches sort the stages alike, so that none deadlock."""
    if measured:
        stages = sorted(measured)
        values = {
            "stages": array(stages),
            "counts": array(int_array(measured[stage].counts) for stage in stages),
            "totals": array(measured[stage].total for stage in stages),
        }
        execute(connection, _ADD, values)


def timings(connection: Connection) -> dict[str, Histogram]:
    """Return all measured times, by stage."""
    rows = connection.execute(text("SELECT stage, counts, total FROM stage_seconds"))
    return {row.stage: Histogram(list(row.counts), row.total) for row in rows}
