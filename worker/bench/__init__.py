"""A number of articles goes in; speed, latency, memory and disk of the service on this machine come out."""

from worker.bench.result import BenchResult
from worker.bench.run import bench

__all__ = ["BenchResult", "bench"]
