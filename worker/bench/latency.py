"""Measure the latency of files on an idle service and under steady load."""

import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from worker.bench.service import arrivals, drop, newest
from worker.settings import Settings
from worker.store.models import files as files_table


def idle(settings: Settings, engine: Engine, files: Sequence[Path]) -> dict[str, float]:
    """Drop files one after the other; return percentiles of the milliseconds from settled to committed."""
    took = []
    for path in files:
        after = newest(engine, files_table)
        started = time.monotonic()
        drop(settings, [path])
        took.append(arrivals(engine, after, 1)[path.name] - started - settings.settle_seconds)
    p50, p95 = np.percentile(took, [50, 95]) * 1000
    return {"idle_p50": round(float(p50)), "idle_p95": round(float(p95))}


def steady(settings: Settings, engine: Engine, files: Sequence[Path], per_second: float) -> dict[str, float]:
    """Drop files at an even rate; return percentiles of the milliseconds from drop to commit, settle time included."""
    after = newest(engine, files_table)
    dropped: dict[str, float] = {}

    def feed() -> None:
        started = time.monotonic()
        for number, path in enumerate(files):
            ahead = started + number / per_second - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            dropped[path.name] = time.monotonic()
            drop(settings, [path])

    feeder = threading.Thread(target=feed)
    feeder.start()
    seen = arrivals(engine, after, len(files))
    feeder.join()
    took = [seen[name] - dropped_at for name, dropped_at in dropped.items()]
    p50, p95, p99 = np.percentile(took, [50, 95, 99]) * 1000
    return {"p50": round(float(p50)), "p95": round(float(p95)), "p99": round(float(p99))}
