"""Measure speed, latency, memory and disk use of the service on this machine."""

from worker.bench.result import BenchResult
from worker.bench.run import bench

__all__ = ["BenchResult", "bench"]
