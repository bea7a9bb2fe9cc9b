"""Runs a corpus through the real pipeline, in a database of its own that is dropped afterwards."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, make_url

from worker.evaluate.baselines import BASELINES, must_be_installed
from worker.evaluate.corpus import Corpus
from worker.evaluate.errors import worst_errors
from worker.evaluate.result import EvaluationResult
from worker.evaluate.scoring import scored
from worker.inbox.feeder import accept_without_enqueuing
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.databases import temporary_database
from worker.store.migrate import migrate
from worker.store.report import all_articles
from worker.store.session import engine as make_engine


@contextmanager
def empty_database(settings: Settings) -> Iterator[tuple[Settings, Engine]]:
    """Yield settings and an engine on a new database of the same server, and folders of its own.

    Raises:
        CopydeskError: the server's role may not create databases.
    """
    name = f"copydesk_evaluate_{os.getpid()}"
    url = make_url(settings.database_url).set(database=name).render_as_string(hide_password=False)
    server = make_engine(settings)
    try:
        with temporary_database(server, name), TemporaryDirectory(prefix="copydesk-") as folder:
            place = Path(folder)
            own = settings.model_copy(
                update={
                    "database_url": url,
                    "data_dir": place,
                    "inbox": place / "inbox",
                    "archive": place / "archive",
                    "quarantine": place / "quarantine",
                }
            )
            made = make_engine(own)
            migrate(made)
            yield own, made
            made.dispose()
    finally:
        server.dispose()


def evaluate(
    settings: Settings, corpus: Corpus, *, baseline: bool = False, advance: Callable[[int, int], None] | None = None
) -> list[EvaluationResult]:
    """Score the pipeline on ``corpus``, and with ``baseline`` the textbook methods too, in one run.

    ``advance`` is told how many of how many parts of the corpus are done.
    """
    if baseline:
        must_be_installed()
    with empty_database(settings) as (own, made):
        started = time.monotonic()
        desk = BatchProcessor(own, made)
        _through_the_pipeline(own, desk, corpus, advance or (lambda _done, _all: None))
        seconds = time.monotonic() - started
        with made.connect() as connection:
            rows = all_articles(connection)
        desk.close()
    found: dict[str, int] = {}
    texts: dict[str, tuple[str, str | None, str]] = {}
    for row in rows:
        one = corpus.ids.get((os.fsdecode(row.path).rpartition("/")[2], row.position))
        if one is not None:
            found[one] = row.story_id
            texts[one] = (row.text, row.title, row.language)
    compared = desk.compared / max(len(found), 1)
    errors = worst_errors(corpus, found, texts)
    results = [scored(corpus, "copydesk", found, compared=compared, seconds=seconds, errors=errors)]
    if baseline:
        for method, cluster in BASELINES.items():
            started = time.monotonic()
            clusters = cluster({one: f"{title or ''}\n{body}" for one, (body, title, _) in texts.items()})
            results.append(scored(corpus, method, clusters, seconds=time.monotonic() - started))
    return results


def _through_the_pipeline(
    settings: Settings, desk: BatchProcessor, corpus: Corpus, advance: Callable[[int, int], None]
) -> None:
    files = [os.fsencode(path.absolute()) for path in corpus.files]
    waiting = [[one] for one in accept_without_enqueuing(settings, desk.engine, files)]
    done = 0
    while waiting:
        ids = waiting.pop(0)
        parts: Sequence[int] = desk.process(ids)
        waiting += [[part] for part in parts]
        done += 1
        advance(done, done + len(waiting))
