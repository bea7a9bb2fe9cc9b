"""A stopwatch: each lap falls into the bucket of its length, and starts the next."""

from worker.process.stage_timer import BOUNDS, StageTimer


def test_laps_fall_into_their_buckets() -> None:
    """A bound belongs to its bucket, what is longer than all of them to the last, and sums add up."""
    times = iter([0.0, 0.0001, 0.0006, 100.0])
    watch = StageTimer(_clock=lambda: next(times))
    watch.start()
    for _ in range(3):
        watch.lap("read")
    found = watch.stages["read"]
    assert [place for place, count in enumerate(found.counts) if count] == [0, 2, len(BOUNDS)]
    assert sum(found.counts) == 3
    assert found.total == 100.0
