"""A held file goes in; its articles come out read, cleaned and fingerprinted. No database, no lock.

Whatever is wrong with one file becomes that file's outcome and never another's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from worker import archive, formats, log
from worker.article import Article, BadRecord, Cleaned
from worker.clean import clean
from worker.errors import QuarantineError
from worker.features import Features, features
from worker.fingerprint import Fingerprint, fingerprint
from worker.settings import Settings
from worker.stopwatch import Stopwatch
from worker.store.ledger import Job

logger = log.get(__name__)

#: Records of a file whose reasons are kept one by one; a file of a million bad lines must not fill the database.
MOST_BAD_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """An article ready to be placed."""

    file_id: int
    article: Article
    cleaned: Cleaned
    features: Features
    fingerprint: Fingerprint


@dataclass(slots=True)
class Outcome:
    """What became of a job before its articles are placed."""

    job: Job
    prepared: list[Prepared] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    spans: list[formats.Span] = field(default_factory=list)
    quarantine: str | None = None  # can never be processed, for this reason
    failure: str | None = None  # may go well another time


def limits(settings: Settings) -> formats.Limits:
    """Return the readers' limits as the settings have them."""
    return formats.Limits(
        max_article_bytes=settings.max_article_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        json_fields=settings.json_fields,
    )


def prepare(settings: Settings, job: Job, watch: Stopwatch | None = None) -> Outcome:
    """Read the job's articles, or find that its file is large and into which parts it is to be split."""
    outcome = Outcome(job)
    try:
        _prepare(settings, job, outcome, watch or Stopwatch())
    except QuarantineError as error:
        outcome.quarantine = str(error)
    except Exception as error:
        # a fault of ours or of a library: told, tried again a bounded number of times, and no other file's affair
        logger.exception("a file could not be processed", file=job.id)
        outcome.failure = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if outcome.quarantine or outcome.failure:
        outcome.prepared.clear()
    return outcome


def _prepare(settings: Settings, job: Job, outcome: Outcome, watch: Stopwatch) -> None:
    watch.start()
    name = job.path.rpartition(b"/")[2].decode("utf-8", "replace")
    with archive.open_kept(settings, job.sha256, job.path) as source:
        bounds = limits(settings)
        span = None
        if job.records is not None:
            span = formats.Span(job.first_record, job.records, job.byte_offset)
        else:
            outcome.spans = formats.spans(source, name, bounds, settings.records_per_part)
            if outcome.spans:
                return
            source.seek(0)
        _collect(job, formats.read(source, name, bounds, span), outcome, watch)
    if not outcome.prepared:
        only = outcome.bad[0].reason if outcome.bad else "The file holds no article."
        raise QuarantineError(only)


def _collect(job: Job, records: Iterator[Article | BadRecord], outcome: Outcome, watch: Stopwatch) -> None:
    for record in records:
        watch.lap("read")
        prepared = record if isinstance(record, BadRecord) else prepare_article(job.file_id, record, watch)
        if isinstance(prepared, Prepared):
            outcome.prepared.append(prepared)
        elif len(outcome.bad) < MOST_BAD_RECORDS:
            outcome.bad.append(prepared)


def prepare_article(file_id: int, article: Article, watch: Stopwatch | None = None) -> Prepared | BadRecord:
    """Clean and fingerprint one article; one without a word is bad."""
    watch = watch or Stopwatch()
    cleaned = clean(article)
    watch.lap("clean")
    found = features(cleaned.text, cleaned.title, cleaned.language)
    if not found.tokens:
        return BadRecord(article.position, "The text holds no words, so there is nothing to compare or to keep.")
    mark = fingerprint(found)
    watch.lap("fingerprint")
    return Prepared(file_id, article, cleaned, found, mark)
