"""Run a corpus through the real pipeline, in a temporary database that is dropped afterwards."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from sqlalchemy import Engine, make_url

from worker.evaluate.baselines import BASELINES, require_datasketch
from worker.evaluate.corpus import RECORDS, Corpus
from worker.evaluate.errors import CleanedText, worst_errors
from worker.evaluate.events import score_related
from worker.evaluate.joins_beyond_text import text_links
from worker.evaluate.labels import LabelKind
from worker.evaluate.result import EvaluationResult, score_clusters
from worker.inbox.feeder import accept_without_enqueuing
from worker.match.judgement import JUDGEMENTS, Judgement
from worker.pipeline.batch import BatchProcessor
from worker.settings import Settings
from worker.store.databases import temporary_database
from worker.store.migrate import migrate
from worker.store.report import PlacedArticle, all_articles, related_stories
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
        processor = BatchProcessor(own, engine, logs_outcomes=False)
        _process_corpus(own, processor, corpus, advance or (lambda _done, _all: None))
        seconds = time.monotonic() - started
        with engine.connect() as connection:
            rows, links = all_articles(connection), related_stories(connection)
        processor.close()
    judgement = JUDGEMENTS[settings.judgement]
    compared = processor.compared / max(len(rows), 1)
    return _score(corpus, rows, links, judgement, baseline, seconds=seconds, compared=compared)


def _score(
    corpus: Corpus,
    rows: Iterable[PlacedArticle],
    related: Sequence[tuple[int, int]],
    judgement: Judgement,
    baseline: bool,
    **figures: float,
) -> list[EvaluationResult]:
    """Score where the pipeline placed the articles, and with ``baseline`` the clusters of the textbook methods."""
    story_of: dict[str, int] = {}
    cleaned: dict[str, CleanedText] = {}
    for row in rows:
        article = corpus.ids.get((os.fsdecode(row.path).rpartition("/")[2], row.position))
        if article is not None:
            story_of[article] = row.story_id
            cleaned[article] = (row.text, row.title, row.language)
    plain = {article: f"{title or ''}\n{body}" for article, (body, title, _) in cleaned.items()}
    received = plain | corpus.texts
    links = text_links(story_of, received)
    errors = worst_errors(corpus, story_of, cleaned, received, links, judgement)
    linked = score_related(corpus, story_of, related) if corpus.labels is LabelKind.EVENT else None
    results = [score_clusters(corpus, "copydesk", story_of, received, links, related=linked, errors=errors, **figures)]
    for method, cluster in BASELINES.items() if baseline else ():
        started = time.monotonic()
        clusters = cluster(plain)
        seconds = time.monotonic() - started
        links = text_links(clusters, received)
        results.append(score_clusters(corpus, method, clusters, received, links, seconds=seconds))
    return results


def _process_corpus(
    settings: Settings, processor: BatchProcessor, corpus: Corpus, advance: Callable[[int, int], None]
) -> None:
    paths = [*corpus.files, *([_write_records(settings, corpus)] if corpus.records else [])]
    files = [os.fsencode(path.absolute()) for path in paths]
    waiting = [[file_id] for file_id in accept_without_enqueuing(settings, processor.engine, files)]
    done = 0
    while waiting:
        ids = waiting.pop(0)
        parts: Sequence[int] = processor.process(ids)
        waiting += [[part] for part in parts]
        done += 1
        advance(done, done + len(waiting))


def _write_records(settings: Settings, corpus: Corpus) -> Path:
    """Write the articles that are in no file to one, under the names of the setting ``json_fields``."""
    path, names = settings.data_dir / RECORDS, settings.json_fields
    path.write_bytes(
        b"".join(
            orjson.dumps({names.get(name, name): value for name, value in record.items()}) + b"\n"
            for record in corpus.records
        )
    )
    return path
