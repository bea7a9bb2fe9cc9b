"""The database and the queue go in, the service's figures come out for Prometheus, asked anew at every scrape.

Nothing is counted in the processes, so any number of them needs no shared registry and a restart loses nothing. The
change feed is only read on from where the last scrape stopped.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from threading import Lock

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine

from worker import __version__
from worker.article import ChangeKind, FileState, ProcessKind
from worker.process.stage_timer import BOUNDS, STAGES, Histogram
from worker.store import monitoring
from worker.store.heartbeats import count_by_kind
from worker.store.read.changes import last_change
from worker.store.read.snapshot import snapshot
from worker.store.read.totals import totals
from worker.store.timings import timings

#: Finished files whose time from arrival to outcome is looked at: the last few seconds under full load.
_LATEST_FILES = 1_000
#: Told as percents in a label of that name: Prometheus keeps `quantile` for summaries, which this is not.
_PERCENTS = (50, 95, 99)


class ServiceCollector(Collector):
    """The figures of one database; ``queue_length`` returns None when the queue can't be asked."""

    def __init__(self, engine: Engine, queue_length: Callable[[], int | None]) -> None:
        self._engine = engine
        self._queue_length = queue_length
        self._counted: Counter[str] = Counter()
        self._seen = 0
        self._lock = Lock()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def exposition(self) -> bytes:
        """Return the figures in Prometheus's text format."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Return nothing: the figures are asked for at a scrape, not when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of now."""
        yield InfoMetricFamily("copydesk", "The version that answers.", {"version": __version__})
        if (queue := self._queue_length()) is not None:
            yield GaugeMetricFamily("copydesk_queue_messages", "Messages that wait in the queue.", queue)
        with snapshot(self._engine) as connection:
            yield from self._happened(connection)
            yield from _amounts(connection)
            yield from _work(connection)
            yield _stages(connection)

    def _happened(self, connection: Connection) -> Iterator[Metric]:
        with self._lock:
            last = last_change(connection)
            self._counted.update(monitoring.changes_by_kind(connection, self._seen, last))
            self._seen = last
            counted = Counter(self._counted)
        changes = CounterMetricFamily("copydesk_changes", "What happened to stories, by kind.", labels=["kind"])
        for kind in ChangeKind:  # each is in the figures from the start, at 0
            changes.add_metric([kind], counted[kind])
        yield changes
        placed = counted[ChangeKind.CREATED] + counted[ChangeKind.COPY]
        yield CounterMetricFamily("copydesk_articles_placed", "Articles that were placed in a story.", placed)


def _amounts(connection: Connection) -> Iterator[Metric]:
    found = totals(connection)
    files = GaugeMetricFamily("copydesk_files", "Files of the ledger, by state.", labels=["state"])
    for state in FileState:
        files.add_metric([state], found.files.get(state, 0))
    yield files
    articles = GaugeMetricFamily("copydesk_articles", "Articles, by relation (many: estimated).", labels=["relation"])
    for relation, count in found.articles.items():
        articles.add_metric([relation], count)
    yield articles
    yield GaugeMetricFamily("copydesk_stories", "Live stories.", found.stories)
    size = monitoring.database_bytes(connection)
    yield GaugeMetricFamily("copydesk_database_bytes", "Size of the database on disk.", size)


def _stages(connection: Connection) -> Metric:
    measured = timings(connection)
    seconds = HistogramMetricFamily(
        "copydesk_stage_seconds",
        "How long the stages of the work took: read, clean an article; claim, fingerprint, match, write a batch.",
        labels=["stage"],
    )
    for stage in STAGES:
        found = measured.get(stage, Histogram())
        up_to = list(accumulate(found.counts))
        bounds = [*map(str, BOUNDS), "+Inf"]
        seconds.add_metric([stage], list(zip(bounds, up_to, strict=True)), found.total)
    return seconds


def _work(connection: Connection) -> Iterator[Metric]:
    oldest = monitoring.oldest_waiting_seconds(connection) or 0.0
    yield GaugeMetricFamily("copydesk_oldest_waiting_seconds", "How long the oldest waiting file has waited.", oldest)
    processes = GaugeMetricFamily("copydesk_processes", "Processes that give signs of life.", labels=["kind"])
    living = count_by_kind(connection)
    for kind in ProcessKind:
        processes.add_metric([kind], living.get(kind, 0))
    yield processes
    seconds = monitoring.file_seconds(connection, [percent / 100 for percent in _PERCENTS], _LATEST_FILES)
    lasted = GaugeMetricFamily(
        "copydesk_file_seconds", "From a file's arrival to its outcome, of the newest 1,000.", labels=["percent"]
    )
    for percent, value in zip(_PERCENTS, seconds, strict=False):
        lasted.add_metric([str(percent)], value)
    yield lasted
