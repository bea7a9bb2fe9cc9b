"""Measure the stages of the pipeline in one idle process, by calling the pipeline's own functions in order.

The service's stage timer also counts waiting for locks and for the processor, and does not separate these stages.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from worker import archive, formats
from worker.article import Article, Cleaned
from worker.clean import clean
from worker.fingerprint.article import Prepared
from worker.inbox.feeder import accept_without_enqueuing
from worker.match.judgement import JUDGEMENTS
from worker.pipeline.prepare import fingerprint_articles
from worker.pipeline.reader_limits import reader_limits
from worker.process.stage_timer import StageTimer
from worker.settings import Settings
from worker.store import ledger
from worker.stories.assign import assign_stories
from worker.stories.batch_match import match_batch
from worker.stories.candidates import FeatureCache
from worker.window import Window

_WORD = re.compile(r"\w+")


class CountingCursor(psycopg.Cursor[Any]):
    """A cursor that counts the statements sent to the server."""

    sent = 0

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Count and execute."""
        CountingCursor.sent += 1
        return super().execute(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Count and copy."""
        CountingCursor.sent += 1
        return super().copy(*args, **kwargs)


def measure(settings: Settings, engine: Engine, files: Sequence[Path]) -> tuple[dict[str, float], float]:
    """Process ``files`` through all stages; return microseconds per article by stage, and statements per article.

    The first batch warms up caches and is not counted.
    """
    event.listen(engine, "connect", _use_counting_cursor)
    engine.dispose()  # existing connections would not count statements
    cache = FeatureCache()
    batches = [files[i : i + settings.batch_files] for i in range(0, len(files), settings.batch_files)]
    timer = StageTimer()
    for number, batch in enumerate(batches):
        if number == 1:
            timer, CountingCursor.sent = StageTimer(), 0
        _process_batch(settings, engine, cache, batch, timer)
    event.remove(engine, "connect", _use_counting_cursor)
    engine.dispose()
    counted = max(len(files) - settings.batch_files, 1)
    stages = {name: round(1e6 * stage.total / counted, 1) for name, stage in timer.stages.items()}
    return stages, round(CountingCursor.sent / counted, 3)


def _use_counting_cursor(connection: "psycopg.Connection[Any]", _record: Any) -> None:
    connection.cursor_factory = CountingCursor


def _process_batch(
    settings: Settings, engine: Engine, cache: FeatureCache, files: Sequence[Path], timer: StageTimer
) -> None:
    timer.start()
    for path in files:
        _WORD.findall(path.read_bytes().decode())
    timer.lap("floor")
    ids = accept_without_enqueuing(settings, engine, [os.fsencode(path) for path in files])
    timer.lap("claim")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        jobs = ledger.lease(session, ids, 0, settings.max_attempts)
    timer.lap("ledger")
    cleaned = [(job.file_id, *article) for job in jobs for article in _read_and_clean(settings, job, timer)]
    timer.start()
    batch = [article for article in fingerprint_articles(cleaned) if isinstance(article, Prepared)]
    timer.lap("fingerprint and sketch")
    with engine.connect() as connection:
        matches = match_batch(connection, cache, batch, Window(settings.window_days), JUDGEMENTS[settings.judgement])
    timer.lap("candidates and evidence")
    with engine.begin() as connection:
        timer.start()
        ledger.still_held(connection, ids, 0)
        timer.lap("ledger")
        assign_stories(connection, cache, matches)
        timer.lap("stories and rows")
        ledger.finish(connection, [ledger.Outcome(job.id, 1) for job in jobs])
        timer.lap("ledger")
        connection.commit()
        timer.lap("commit")


def _read_and_clean(settings: Settings, job: ledger.LeasedFile, timer: StageTimer) -> Iterator[tuple[Article, Cleaned]]:
    timer.start()
    with archive.open_kept(settings, job.sha256, job.path) as source:
        name = os.fsdecode(job.path).rpartition("/")[2]
        bounds = reader_limits(settings)
        formats.spans(source, name, bounds, settings.records_per_part)
        source.seek(0)
        records = [record for record in formats.read(source, name, bounds, None) if isinstance(record, Article)]
    timer.lap("read")
    for article in records:
        timer.start()
        cleaned = clean(article)
        timer.lap("clean")
        yield article, cleaned
