"""What a bench measured, as the fields of its JSON."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Baseline:
    """The plain implementation in the same run."""

    articles: int
    articles_per_s: float


@dataclass(slots=True)
class BenchResult:
    """One run. Rates are per second of wall time, from the first file dropped to the last row committed."""

    articles: int
    prefill: int
    workers: int
    cores: int
    #: whether the compiled kernel did the hot loops, or NumPy
    compiled: bool
    articles_per_s: float = 0.0
    #: file to story, settling included, at half the measured rate: p50, p95, p99; of single files on an idle service,
    #: without the settle time: idle_p50, idle_p95; and the settle time
    latency_ms: dict[str, float] = field(default_factory=dict)
    #: microseconds an article in one process, by stage; ``floor``: reading, decoding, one regular expression
    stages_us: dict[str, float] = field(default_factory=dict)
    queries_per_article: float = 0.0
    #: largest resident size of each kind of process, and of a worker process when the load began
    memory_mb: dict[str, float] = field(default_factory=dict)
    #: by table with its indexes, ``total``, ``cleaned_text``, and ``ratio`` of the two
    disk_bytes_per_article: dict[str, float] = field(default_factory=dict)
    #: processor seconds of each kind of process, per 1,000 articles of the burst
    cpu_s_per_1000: dict[str, float] = field(default_factory=dict)
    baseline: Baseline | None = None
