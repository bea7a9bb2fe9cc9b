"""Run a corpus through the real pipeline, in a temporary database that is dropped afterwards."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, make_url

from worker.evaluate.baselines import BASELINES, require_datasketch
from worker.evaluate.corpus import Corpus
from worker.evaluate.errors import worst_errors
from worker.evaluate.result import EvaluationResult, score_clusters
from worker.inbox.feeder import accept_without_enqueuing
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.databases import temporary_database
from worker.store.migrate import migrate
from worker.store.report import all_articles
from worker.store.session import engine as make_engine


@contextmanager
def empty_database(settings: Settings) -> Iterator[tuple[Settings, Engine]]:
    """Yield settings and an engine for a new database on the same server, with temporary folders.

    Raises:
        CopydeskError: the role may not create databases.
    """
    name = f"copydesk_evaluate_{os.getpid()}"
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    server = make_engine(settings)
    try:
        with temporary_database(server, name), TemporaryDirectory(prefix="copydesk-") as folder:
            path = Path(folder)
            own = settings.model_copy(
                update={
                    "database_url": url,
                    "data_dir": path,
                    "inbox": path / "inbox",
                    "archive": path / "archive",
                    "quarantine": path / "quarantine",
                }
            )
            engine = make_engine(own)
            migrate(engine)
            yield own, engine
            engine.dispose()
    finally:
        server.dispose()


def evaluate(
    settings: Settings, corpus: Corpus, *, baseline: bool = False, advance: Callable[[int, int], None] | None = None
) -> list[EvaluationResult]:
    """Score the pipeline on ``corpus``, and with ``baseline`` the textbook methods too.

    ``advance`` gets the number of finished parts of the corpus, and of all known parts.
    """
    if baseline:
        require_datasketch()
    with empty_database(settings) as (own, engine):
        started = time.monotonic()
        processor = BatchProcessor(own, engine)
        _process_corpus(own, processor, corpus, advance or (lambda _done, _all: None))
        seconds = time.monotonic() - started
        with engine.connect() as connection:
            rows = all_articles(connection)
        processor.close()
    story_of: dict[str, int] = {}
    texts: dict[str, tuple[str, str | None, str]] = {}
    for row in rows:
        article = corpus.ids.get((os.fsdecode(row.path).rpartition("/")[2], row.position))
        if article is not None:
            story_of[article] = row.story_id
            texts[article] = (row.text, row.title, row.language)
    compared = processor.compared / max(len(story_of), 1)
    errors = worst_errors(corpus, story_of, texts)
    results = [score_clusters(corpus, "copydesk", story_of, compared=compared, seconds=seconds, errors=errors)]
    if baseline:
        for method, cluster in BASELINES.items():
            started = time.monotonic()
            clusters = cluster({article: f"{title or ''}\n{body}" for article, (body, title, _) in texts.items()})
            results.append(score_clusters(corpus, method, clusters, seconds=time.monotonic() - started))
    return results


def _process_corpus(
    settings: Settings, processor: BatchProcessor, corpus: Corpus, advance: Callable[[int, int], None]
) -> None:
    files = [os.fsencode(path.absolute()) for path in corpus.files]
    waiting = [[file_id] for file_id in accept_without_enqueuing(settings, processor.engine, files)]
    done = 0
    while waiting:
        ids = waiting.pop(0)
        parts: Sequence[int] = processor.process(ids)
        waiting += [[part] for part in parts]
        done += 1
        advance(done, done + len(waiting))
