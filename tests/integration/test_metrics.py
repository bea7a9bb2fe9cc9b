"""The metrics for Prometheus, computed from the database at each scrape."""

from contextlib import closing

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, text

from tests.dispatches import dispatch
from tests.integration.delivery import deliver, new_processor
from tests.integration.newsroom import Newsroom
from tests.integration.test_changes import commit_changes
from worker.article import ProcessKind
from worker.operations.metrics import ServiceCollector
from worker.process.stage_timer import STAGES
from worker.queue.heartbeat import Heartbeat
from worker.settings import Settings
from worker.store.read import totals


def figures(collector: ServiceCollector) -> dict[str, float]:
    """Return every sample by its name and labels."""
    families = text_string_to_metric_families(collector.exposition().decode())
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_metrics_count_what_is_stored(newsroom: Newsroom) -> None:
    """The metrics have files by state, articles by relation, stories, queue, processes and times."""
    newsroom.article("The harbour was closed on Monday after a crane fell.")
    newsroom.article("The harbour was closed on Monday after a crane fell!", story=1, relation="exact")
    newsroom.file("broken.txt", reason="It is a picture.")
    newsroom.waiting("late.txt")
    Heartbeat(newsroom.engine, ProcessKind.WORKER).beat()
    metrics = figures(ServiceCollector(newsroom.engine, lambda: 7, lambda: 3))
    assert metrics["copydesk_files done"] == 2
    assert metrics["copydesk_files quarantined"] == 1
    assert metrics["copydesk_files waiting"] == 1
    assert metrics["copydesk_articles exact"] == 1
    assert metrics["copydesk_stories"] == 1
    assert metrics["copydesk_queue_messages"] == 7
    assert metrics["copydesk_unreadable_messages_total"] == 3
    assert metrics["copydesk_processes worker"] == 1
    assert metrics["copydesk_processes watcher"] == 0
    assert metrics["copydesk_file_seconds 50"] >= 0
    assert metrics["copydesk_oldest_waiting_seconds"] > 0
    assert metrics["copydesk_database_bytes"] > 1_000_000


def test_an_empty_store_has_metrics_too(engine: Engine) -> None:
    """At the first start all counts are 0, and unknown values are left out."""
    metrics = figures(ServiceCollector(engine, lambda: None))
    assert metrics["copydesk_changes_total created"] == 0
    assert metrics["copydesk_articles_placed_total"] == 0
    assert "copydesk_queue_messages" not in metrics


def test_counters_continue_from_scrape_to_scrape(engine: Engine) -> None:
    """Counters only grow, each change counts once, and the counters are the same after a restart."""
    scraped = ServiceCollector(engine, lambda: 0)
    commit_changes(engine, 1, 2)
    assert figures(scraped)["copydesk_changes_total created"] == 2
    commit_changes(engine, 3)
    assert figures(scraped)["copydesk_articles_placed_total"] == 3
    assert figures(scraped)["copydesk_articles_placed_total"] == 3
    assert figures(ServiceCollector(engine, lambda: 0))["copydesk_changes_total created"] == 3


def test_large_numbers_are_estimated(newsroom: Newsroom, monkeypatch: object) -> None:
    """Above a limit Postgres's estimates are used, so that a scrape costs the same at any size."""
    for number in range(20):
        newsroom.article(f"The harbour was closed on Monday after crane {number} fell.")
    with newsroom.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        monkeypatch.setattr(totals, "COUNTED_ROWS", 10)  # type: ignore[attr-defined]
        metrics = totals.totals(connection)
    assert metrics.estimated
    assert metrics.stories == 20
    assert sum(metrics.articles.values()) == 20
    assert metrics.files == {"done": 20}


def test_stage_times_are_a_histogram(settings: Settings, engine: Engine) -> None:
    """The next batch writes the stages of a batch, counted per article or per batch, over several workers."""
    for number in range(2):
        with closing(new_processor(settings)) as processor:
            for part in range(2):
                name = f"{number}-{part}"
                processor.process(
                    deliver(settings, engine, [(f"{name}-{n}", dispatch(hash((name, n)))) for n in range(3)])
                )
    metrics = figures(ServiceCollector(engine, lambda: 0))
    assert {stage: metrics[f"copydesk_stage_seconds_count {stage}"] for stage in STAGES} == {
        "claim": 4,
        "read": 12,
        "clean": 12,
        "fingerprint": 4,
        "match": 4,
        "write": 2,  # the last batch's is written with the next
    }
    assert metrics["copydesk_stage_seconds_bucket +Inf read"] == 12
    assert 0 < metrics["copydesk_stage_seconds_sum read"] < 60
