"""How long the stages of the work take goes in, counts by bucket come out, to be written with each batch.

Reading and cleaning count once an article, the other stages once a batch.
"""

import time
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

STAGES = ("claim", "read", "clean", "fingerprint", "match", "write")
#: Upper bounds of the buckets in seconds: from what cleaning a short text takes to a task's time limit, two a decade.
BOUNDS = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


@dataclass(slots=True)
class Histogram:
    """Observations by bucket, the last for what is longer than all bounds, and their sum in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0


@dataclass
class StageTimer:
    """Measures one stage after the other; half a microsecond a lap."""

    stages: dict[str, Histogram] = field(default_factory=dict)
    _clock: Callable[[], float] = time.perf_counter
    _started: float = 0.0

    def start(self) -> None:
        """Measure from now on."""
        self._started = self._clock()

    def lap(self, stage: str) -> None:
        """Count the time since the start or the last lap for a stage, and measure on from now."""
        now = self._clock()
        seconds, self._started = now - self._started, now
        found = self.stages.get(stage)
        if found is None:
            found = self.stages[stage] = Histogram()
        found.counts[bisect_left(BOUNDS, seconds)] += 1
        found.total += seconds
