"""Read, clean and fingerprint the articles of leased files, without the database and without a lock.

Files are read one by one, so that a faulty file affects no other; all articles are fingerprinted together, which costs
half of doing it one by one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from worker import archive, formats
from worker.article import Article, BadRecord, Cleaned
from worker.clean import clean
from worker.errors import QuarantineError
from worker.features import Source, features_of
from worker.fingerprint import fingerprints
from worker.fingerprint.article import Prepared
from worker.process import log
from worker.process.stage_timer import StageTimer
from worker.settings import Settings
from worker.store.ledger import Job

logger = log.get(__name__)

#: Maximum number of bad records stored per file, so that a file of a million bad lines does not fill the database.
MOST_BAD_RECORDS = 1_000
_NO_WORDS = "The text holds no words, so there is nothing to compare or to keep."


@dataclass(slots=True)
class Outcome:
    """The result of a job before its articles are assigned; ``cleaned`` holds them until they are fingerprinted."""

    job: Job
    cleaned: list[tuple[Article, Cleaned]] = field(default_factory=list)
    prepared: list[Prepared] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    spans: list[formats.Span] = field(default_factory=list)
    quarantine: str | None = None  # why it can never be processed
    failure: str | None = None  # why it failed; may succeed another time


def reader_limits(settings: Settings) -> formats.Limits:
    """Return the readers' limits of the settings."""
    return formats.Limits(
        max_article_bytes=settings.max_article_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        json_fields=settings.json_fields,
    )


def prepare(settings: Settings, job: Job, timer: StageTimer | None = None) -> Outcome:
    """Read and clean the job's articles, or return the parts into which a large file must be split."""
    outcome = Outcome(job)
    try:
        _prepare(settings, job, outcome, timer or StageTimer())
    except QuarantineError as error:
        outcome.quarantine = str(error)
        outcome.cleaned.clear()
    except Exception as error:
        # a bug here or in a library: reported, retried a bounded number of times, without effect on other files
        _fail(outcome, error)
    return outcome


def _prepare(settings: Settings, job: Job, outcome: Outcome, timer: StageTimer) -> None:
    timer.start()
    name = job.path.rpartition(b"/")[2].decode("utf-8", "replace")
    with archive.open_kept(settings, job.sha256, job.path) as source:
        limits = reader_limits(settings)
        span = None
        if job.records is not None:
            span = formats.Span(job.first_record, job.records, job.byte_offset)
        else:
            outcome.spans = formats.spans(source, name, limits, settings.records_per_part)
            if outcome.spans:
                return
            source.seek(0)
        _collect(formats.read(source, name, limits, span), outcome, timer)
    if not outcome.cleaned and not outcome.bad:
        raise QuarantineError("The file holds no article.")


def _collect(records: Iterator[Article | BadRecord], outcome: Outcome, timer: StageTimer) -> None:
    for record in records:
        timer.lap("read")
        if isinstance(record, Article):
            outcome.cleaned.append((record, clean(record)))
            timer.lap("clean")
        else:
            _record_bad(outcome, record)


def _record_bad(outcome: Outcome, bad: BadRecord) -> None:
    if len(outcome.bad) < MOST_BAD_RECORDS:
        outcome.bad.append(bad)


def fingerprint_all(outcomes: Sequence[Outcome]) -> None:
    """Fingerprint the cleaned articles; a file without a good article is marked for quarantine."""
    try:
        results = iter(fingerprint_articles([(o.job.file_id, *pair) for o in outcomes for pair in o.cleaned]))
    except Exception as error:
        if len(outcomes) > 1:  # a file that can't be fingerprinted must not affect the others
            for outcome in outcomes:
                fingerprint_all([outcome])
        else:
            _fail(outcomes[0], error)
        return
    for outcome in outcomes:
        for _ in outcome.cleaned:
            result = next(results)
            if isinstance(result, Prepared):
                outcome.prepared.append(result)
            else:
                _record_bad(outcome, result)
        outcome.cleaned.clear()
        if outcome.bad and not outcome.prepared:
            outcome.quarantine = outcome.quarantine or outcome.bad[0].reason


def fingerprint_articles(articles: Sequence[tuple[int, Article, Cleaned]]) -> list[Prepared | BadRecord]:
    """Fingerprint cleaned articles, each with the id of its file; an article without words is bad."""
    features = features_of([Source(cleaned.text, cleaned.title, cleaned.language) for _, _, cleaned in articles])
    return [
        Prepared(*article, computed, fingerprint) if computed.tokens else BadRecord(article[1].position, _NO_WORDS)
        for article, computed, fingerprint in zip(articles, features, fingerprints(features), strict=True)
    ]


def prepare_article(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean and fingerprint an article; an article without words is bad."""
    return fingerprint_articles([(file_id, article, clean(article))])[0]


def _fail(outcome: Outcome, error: Exception) -> None:
    logger.exception("a file could not be processed", file=outcome.job.id)
    outcome.failure = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    outcome.cleaned.clear()
