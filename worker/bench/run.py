"""Run a bench: start a service on a temporary, prefilled database and an empty queue, drop files, and measure."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from worker.article import Article
from worker.bench import disk, latency, processes
from worker.bench.baseline import baseline as run_baseline
from worker.bench.corpus import texts, write
from worker.bench.prefill import prefill
from worker.bench.result import BenchResult
from worker.bench.service import arrivals, drop, newest, own_queue, running
from worker.bench.stages import measure
from worker.clean import clean
from worker.evaluate.run import empty_database
from worker.kernel import library
from worker.pipeline.prepare import fingerprint_articles
from worker.settings import Settings
from worker.store import models
from worker.store.session import engine as make_engine

#: Short, because the bench does not measure how long files take to settle; the result reports it.
SETTLE_SECONDS = 0.2
#: Articles that each worker, and the process that measures stages, handles first, so that they know the vocabulary as
#: after their first minute of work; fewer in small runs.
_WARM_UP = 2_000
_IDLE = 20
#: Steady load uses a quarter of the burst's number of articles, at half its rate.
_STEADY_SHARE = 0.25
_STAGES = 1_000
_BASELINE = 1_000
#: Statement timeout while filling the tables: an index over a hundred million keys takes minutes.
_PREFILL_SECONDS = 7_200


def bench(
    settings: Settings,
    *,
    articles: int,
    stored: int = 0,
    workers: int | None = None,
    baseline: bool = False,
    log: Callable[[str], None] = lambda _step: None,
) -> BenchResult:
    """Measure the service with ``articles`` files on an archive of ``stored`` articles; ``log`` gets each step."""
    count = workers or settings.processes
    result = BenchResult(
        articles=articles, prefill=stored, workers=count, cores=os.cpu_count() or 1, compiled=library.loaded is not None
    )
    with empty_database(settings) as (database_settings, engine), own_queue(settings.redis_url) as queue:
        own = database_settings.model_copy(update={"redis_url": queue, "settle_seconds": SETTLE_SECONDS})
        own.inbox_folder.mkdir()
        if stored:
            log(f"storing {stored:,} articles")
            long = make_engine(own, statement_seconds=_PREFILL_SECONDS)
            prefill(long, stored)
            long.dispose()
        _measure(own, engine, result, log)
        if baseline:
            log("running the plain implementation")
            files = write(own.data_dir / "plain", min(articles, _BASELINE), seed=5)
            result.baseline = run_baseline(own, engine, files, count)
    return result


def _measure(settings: Settings, engine: Engine, result: BenchResult, log: Callable[[str], None]) -> None:
    def files(name: str, count: int, seed: int) -> list[Path]:
        return write(settings.data_dir / name, max(count, 1), seed)

    log(f"writing {result.articles:,} articles")
    burst = files("burst", result.articles, 1)
    with running(settings, engine, result.workers):
        log("warming up")
        warm = files("warm", min(_WARM_UP * result.workers, result.articles // 2), 2)
        after = newest(engine, models.files)
        drop(settings, warm)
        arrivals(engine, after, len(warm))
        log("dropping the files")
        _burst(settings, engine, result, burst)
        log("measuring latency")
        settle = {"settle": settings.settle_seconds * 1000}
        steady = files("steady", int(result.articles * _STEADY_SHARE), 3)
        result.latency_ms = settle | latency.steady(settings, engine, steady, result.articles_per_s / 2)
        result.latency_ms |= latency.idle(settings, engine, files("idle", min(_IDLE, result.articles), 4))
    log("measuring each stage")
    warm_up = [Article(text=delivered) for delivered in texts(min(_WARM_UP, result.articles), seed=7)]
    fingerprint_articles([(0, article, clean(article)) for article in warm_up])
    sample = files("stages", min(_STAGES, result.articles) + settings.batch_files, 6)
    result.stages_us, result.queries_per_article = measure(settings, engine, sample)


def _burst(settings: Settings, engine: Engine, result: BenchResult, files: list[Path]) -> None:
    sizes, last = disk.sizes(engine), newest(engine, models.articles)
    memory = processes.MemoryWatch()
    memory.start()
    used = processes.cpu_seconds()
    after = newest(engine, models.files)
    dropping = threading.Thread(target=drop, args=(settings, files))
    started = time.monotonic()
    dropping.start()
    ended = max(arrivals(engine, after, len(files)).values())
    dropping.join()
    result.articles_per_s = round(len(files) / (ended - started), 1)
    result.memory_mb = memory.stop()
    spent = {kind: seconds - used.get(kind, 0.0) for kind, seconds in processes.cpu_seconds().items()}
    result.cpu_s_per_1000 = {kind: round(1000 * seconds / len(files), 3) for kind, seconds in spent.items()}
    result.disk_bytes_per_article = disk.per_article(engine, sizes, last)
