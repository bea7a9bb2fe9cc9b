"""Time the stages of a batch: counts by bucket, which are written to the database with each batch.

Reading and cleaning are timed per article, the other stages per batch.
"""

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

STAGES = ("claim", "read", "clean", "fingerprint", "match", "write")
#: Upper bounds of the buckets in seconds, two a decade: from cleaning a short text to the time limit of a task.
BOUNDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(slots=True)
class Histogram:
    """Counts by bucket, the last for times above all bounds, and the sum of the times in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0


@dataclass
class StageTimer:
    """Measure stages one after the other; a lap costs half a microsecond."""

    stages: dict[str, Histogram] = field(default_factory=dict)
    _clock: Callable[[], float] = time.perf_counter
    _started: float = 0.0

    def start(self) -> None:
        """Start the first lap."""
        self._started = self._clock()

    def lap(self, stage: str) -> None:
        """Count the time since the start or the last lap for ``stage``, and start the next lap."""
        now = self._clock()
        seconds, self._started = now - self._started, now
        histogram = self.stages.get(stage)
        if histogram is None:
            histogram = self.stages[stage] = Histogram()
        histogram.counts[bisect_left(BOUNDS, seconds)] += 1
        histogram.total += seconds
