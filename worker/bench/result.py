"""The result of a bench, and how it is printed; the fields are those of its JSON."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.kernel.library import MISSING


@dataclass(slots=True)
class Baseline:
    """The result of the plain implementation in the same run."""

    articles: int
    articles_per_s: float


@dataclass(slots=True)
class BenchResult:
    """The result of a run. Rates are per second of wall time, from the first dropped file to the last commit."""

    articles: int
    prefill: int
    workers: int
    cores: int
    #: whether the compiled kernel ran the hot loops, or the reference
    compiled: bool
    articles_per_s: float = 0.0
    #: from file to story at half the measured rate, settle time included: p50, p95, p99; for single files on an idle
    #: service, without the settle time: idle_p50, idle_p95; and the settle time: settle
    latency_ms: dict[str, float] = field(default_factory=dict)
    #: microseconds per article in one process, by stage; ``floor``: reading, decoding, one regular expression
    stages_us: dict[str, float] = field(default_factory=dict)
    queries_per_article: float = 0.0
    #: largest resident size of a process by kind, and of a worker process when the load started
    memory_mb: dict[str, float] = field(default_factory=dict)
    #: by table with its indexes, ``total``, ``cleaned_text``, and ``ratio``: total to cleaned text
    disk_bytes_per_article: dict[str, float] = field(default_factory=dict)
    #: processor seconds by kind of process, per 1,000 articles of the burst
    cpu_s_per_1000: dict[str, float] = field(default_factory=dict)
    baseline: Baseline | None = None


def lines(result: BenchResult) -> Iterator[str]:
    """Yield the result, one topic per line."""
    yield f"machine      {result.cores} cores, {result.workers} worker processes"
    yield f"kernel       {'compiled' if result.compiled else MISSING}"
    yield f"stored       {result.prefill:,} articles before"
    yield f"speed        {result.articles_per_s:,.0f} articles/s, {result.articles:,} files, first drop to last commit"
    if result.baseline:
        plain = result.baseline.articles_per_s
        yield f"baseline     {plain:,.0f} articles/s; Copydesk is {result.articles_per_s / plain:.1f} times as fast"
    yield f"latency      {_pairs(result.latency_ms, 'ms')}"
    yield f"stages       {_pairs(result.stages_us, 'µs')}"
    yield f"statements   {result.queries_per_article:.2f} an article"
    yield f"processor    {_pairs(result.cpu_s_per_1000, 's')} for 1,000 articles"
    yield f"memory       {_pairs(result.memory_mb, 'MB')}"
    yield f"disk         {_pairs(result.disk_bytes_per_article, 'bytes')} an article"


def _pairs(values: dict[str, float], unit: str) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:,g}" for name, value in values.items()) + f" {unit}"
