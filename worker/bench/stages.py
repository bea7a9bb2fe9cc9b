"""Files go in, the microseconds of each stage come out: one process, the pipeline's own functions in order."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from worker import archive, formats
from worker.article import Article, Cleaned
from worker.clean import clean
from worker.fingerprint.article import Prepared
from worker.inbox.feeder import accept_without_enqueuing
from worker.pipeline.prepare import fingerprint_articles, reader_limits
from worker.settings import Settings
from worker.store import ledger
from worker.stories.assign import assign_stories, match_batch
from worker.stories.candidates import FeatureCache
from worker.window import Window

_WORD = re.compile(r"\w+")


@dataclass
class Clock:
    """Adds up the time of stages."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time inside the block for a stage."""
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started


class Statements(psycopg.Cursor[Any]):
    """A cursor that counts the statements sent to the server."""

    sent = 0

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Count and execute."""
        Statements.sent += 1
        return super().execute(*args, **kwargs)

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Count and copy."""
        Statements.sent += 1
        return super().copy(*args, **kwargs)


def measure(settings: Settings, engine: Engine, files: Sequence[Path]) -> tuple[dict[str, float], float]:
    """Take ``files`` through all stages; return microseconds an article by stage, and statements an article.

    The first batch warms caches up and is not counted.
    """
    event.listen(engine, "connect", _count)
    engine.dispose()  # connections made before do not count
    shelf = FeatureCache()
    batches = [files[i : i + settings.batch_files] for i in range(0, len(files), settings.batch_files)]
    clock = Clock()
    for number, batch in enumerate(batches):
        if number == 1:
            clock, Statements.sent = Clock(), 0
        _batch(settings, engine, shelf, batch, clock)
    event.remove(engine, "connect", _count)
    engine.dispose()
    counted = max(len(files) - settings.batch_files, 1)
    stages = {name: round(1e6 * seconds / counted, 1) for name, seconds in clock.seconds.items()}
    return stages, round(Statements.sent / counted, 3)


def _count(connection: "psycopg.Connection[Any]", _record: Any) -> None:
    connection.cursor_factory = Statements


def _batch(settings: Settings, engine: Engine, shelf: FeatureCache, files: Sequence[Path], clock: Clock) -> None:
    for path in files:
        with clock.stage("floor"):
            _WORD.findall(path.read_bytes().decode())
    with clock.stage("claim"):
        ids = accept_without_enqueuing(settings, engine, [os.fsencode(path) for path in files])
    with clock.stage("ledger"), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        jobs = ledger.lease(session, ids, 0, settings.max_attempts)
    cleaned = [(job.file_id, *one) for job in jobs for one in _cleaned(settings, job, clock)]
    with clock.stage("fingerprint and sketch"):
        batch = [one for one in fingerprint_articles(cleaned) if isinstance(one, Prepared)]
    with clock.stage("candidates and evidence"), engine.connect() as connection:
        found = match_batch(connection, shelf, batch, Window(settings.window_days))
    with engine.begin() as connection:
        with clock.stage("ledger"):
            ledger.still_held(connection, ids, 0)
        with clock.stage("stories and rows"):
            assign_stories(connection, shelf, found)
        with clock.stage("ledger"):
            ledger.finish(connection, [(job.id, 1, None) for job in jobs])
        with clock.stage("commit"):
            connection.commit()


def _cleaned(settings: Settings, job: ledger.Job, clock: Clock) -> Iterator[tuple[Article, Cleaned]]:
    with clock.stage("read"), archive.open_kept(settings, job.sha256, job.path) as source:
        name = os.fsdecode(job.path).rpartition("/")[2]
        bounds = reader_limits(settings)
        formats.spans(source, name, bounds, settings.records_per_part)
        source.seek(0)
        records = [one for one in formats.read(source, name, bounds, None) if isinstance(one, Article)]
    for article in records:
        with clock.stage("clean"):
            cleaned = clean(article)
        yield article, cleaned
