"""Prometheus metrics, read from the database and the queue at every scrape.

The processes count nothing, so they need no shared registry and a restart loses nothing. The change feed is read only
from where the last scrape stopped.
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
from worker.store import models, monitoring
from worker.store.heartbeats import count_by_kind, lag
from worker.store.id_search import newest_id
from worker.store.read.snapshot import snapshot
from worker.store.read.totals import totals
from worker.store.timings import timings

#: Newest files whose time from arrival to outcome is measured: the last few seconds under full load.
_LATEST_FILES = 1_000
#: Values of the label `percent`: Prometheus reserves the label `quantile` for summaries, which this is not.
_PERCENTS = (50, 95, 99)


class ServiceCollector(Collector):
    """The metrics of one database; ``queue_length`` and ``unreadable`` return None if the queue can't be reached."""

    def __init__(
        self,
        engine: Engine,
        queue_length: Callable[[], int | None],
        unreadable: Callable[[], int | None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._queue_length = queue_length
        self._unreadable = unreadable
        self._counted: Counter[str] = Counter()
        self._seen = 0
        self._lock = Lock()
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def exposition(self) -> bytes:
        """Return the metrics in Prometheus's text format."""
        return generate_latest(self._registry)

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering this collector runs no query."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield the current metrics."""
        yield InfoMetricFamily("copydesk", "The version of the service.", {"version": __version__})
        if (queue := self._queue_length()) is not None:
            yield GaugeMetricFamily("copydesk_queue_messages", "Messages in the queue.", queue)
            if (unreadable := self._unreadable()) is not None:
                yield CounterMetricFamily("copydesk_unreadable_messages", "Messages that were set aside.", unreadable)
        with snapshot(self._engine) as connection:
            yield from self._story_changes(connection)
            yield from _totals(connection)
            yield from _work(connection)
            yield _stages(connection)

    def _story_changes(self, connection: Connection) -> Iterator[Metric]:
        with self._lock:
            last = newest_id(connection, models.changes)
            self._counted.update(monitoring.changes_by_kind(connection, self._seen, last))
            self._seen = last
            counted = Counter(self._counted)
        changes = CounterMetricFamily("copydesk_changes", "Changes to stories, by kind.", labels=["kind"])
        for kind in ChangeKind:  # each is exported from the start, with the value 0
            changes.add_metric([kind], counted[kind])
        yield changes
        placed = counted[ChangeKind.CREATED] + counted[ChangeKind.COPY]
        yield CounterMetricFamily("copydesk_articles_placed", "Articles that were placed in a story.", placed)


def _totals(connection: Connection) -> Iterator[Metric]:
    archive = totals(connection)
    files = GaugeMetricFamily("copydesk_files", "Files of the ledger, by state.", labels=["state"])
    for state in FileState:
        files.add_metric([state], archive.files.get(state, 0))
    yield files
    articles = GaugeMetricFamily("copydesk_articles", "Articles, by relation (estimated if many).", labels=["relation"])
    for relation, count in archive.articles.items():
        articles.add_metric([relation], count)
    yield articles
    yield GaugeMetricFamily("copydesk_stories", "Live stories.", archive.stories)
    size = monitoring.database_bytes(connection)
    yield GaugeMetricFamily("copydesk_database_bytes", "Size of the database on disk.", size)


def _stages(connection: Connection) -> Metric:
    measured = timings(connection)
    seconds = HistogramMetricFamily(
        "copydesk_stage_seconds",
        "Duration of the stages: read and clean per article; claim, fingerprint, match and write per batch.",
        labels=["stage"],
    )
    for stage in STAGES:
        histogram = measured.get(stage, Histogram())
        up_to = list(accumulate(histogram.counts))
        bounds = [*map(str, BOUNDS), "+Inf"]
        seconds.add_metric([stage], list(zip(bounds, up_to, strict=True)), histogram.total)
    return seconds


def _work(connection: Connection) -> Iterator[Metric]:
    oldest = monitoring.oldest_waiting_seconds(connection) or 0.0
    yield GaugeMetricFamily("copydesk_oldest_waiting_seconds", "Seconds that the oldest file has waited.", oldest)
    processes = GaugeMetricFamily("copydesk_processes", "Running processes, by kind.", labels=["kind"])
    living = count_by_kind(connection)
    for kind in ProcessKind:
        processes.add_metric([kind], living.get(kind, 0))
    yield processes
    if (messages := lag(connection)) is not None:
        yield GaugeMetricFamily("copydesk_stream_lag", "Messages of the stream that are not acknowledged.", messages)
    seconds = monitoring.file_seconds(connection, [percent / 100 for percent in _PERCENTS], _LATEST_FILES)
    lasted = GaugeMetricFamily(
        "copydesk_file_seconds", "Seconds from arrival to outcome, over the newest 1,000 files.", labels=["percent"]
    )
    for percent, value in zip(_PERCENTS, seconds, strict=False):
        lasted.add_metric([str(percent)], value)
    yield lasted
