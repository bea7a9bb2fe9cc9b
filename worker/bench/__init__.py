"""Numbers of articles go in, the measured speed, latency, memory and disk of the whole service on this machine come out."""

from worker.bench.result import Result
from worker.bench.run import bench

__all__ = ["Result", "bench"]
