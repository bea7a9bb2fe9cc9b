"""Print the result of a bench as text."""

from collections.abc import Iterator

from worker.bench.result import BenchResult


def lines(result: BenchResult) -> Iterator[str]:
    """Yield the result, one topic per line."""
    kernel = "compiled kernel" if result.compiled else "no compiled kernel"
    yield f"machine      {result.cores} cores, {result.workers} worker processes, {kernel}"
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
