"""The stage timer: each lap is counted in the bucket of its length."""

from worker.process.stage_timer import BOUNDS, StageTimer


def test_laps_are_counted_in_their_buckets() -> None:
    """A bound belongs to its bucket, times above all bounds are counted in the last one, and the sum is exact."""
    times = iter([0.0, 0.0001, 0.0006, 100.0])
    timer = StageTimer(_clock=lambda: next(times))
    timer.start()
    for _ in range(3):
        timer.lap("read")
    histogram = timer.stages["read"]
    assert [bucket for bucket, count in enumerate(histogram.counts) if count] == [0, 2, len(BOUNDS)]
    assert sum(histogram.counts) == 3
    assert histogram.total == 100.0
