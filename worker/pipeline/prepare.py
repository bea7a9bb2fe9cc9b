"""Held files go in; their articles come out read and cleaned, then all fingerprinted. No database, no lock.

Files are read one by one, so that whatever is wrong with one becomes its outcome and never another's; what was read is
fingerprinted together, which costs half of doing it one by one.
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

#: Records of a file whose reasons are kept one by one; a file of a million bad lines must not fill the database.
MOST_BAD_RECORDS = 1_000
_NO_WORDS = "The text holds no words, so there is nothing to compare or to keep."


@dataclass(slots=True)
class Outcome:
    """What became of a job before its articles are placed; ``cleaned`` until they are fingerprinted."""

    job: Job
    cleaned: list[tuple[Article, Cleaned]] = field(default_factory=list)
    prepared: list[Prepared] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    spans: list[formats.Span] = field(default_factory=list)
    quarantine: str | None = None  # can never be processed, for this reason
    failure: str | None = None  # may go well another time


def reader_limits(settings: Settings) -> formats.Limits:
    """Return the readers' limits as the settings have them."""
    return formats.Limits(
        max_article_bytes=settings.max_article_bytes,
        max_unpacked_bytes=settings.max_unpacked_bytes,
        json_fields=settings.json_fields,
    )


def prepare(settings: Settings, job: Job, watch: StageTimer | None = None) -> Outcome:
    """Read and clean the job's articles, or find that its file is large and into which parts it is to be split."""
    outcome = Outcome(job)
    try:
        _prepare(settings, job, outcome, watch or StageTimer())
    except QuarantineError as error:
        outcome.quarantine = str(error)
        outcome.cleaned.clear()
    except Exception as error:
        # a fault of ours or of a library: told, tried again a bounded number of times, and no other file's affair
        _fail(outcome, error)
    return outcome


def _prepare(settings: Settings, job: Job, outcome: Outcome, watch: StageTimer) -> None:
    watch.start()
    name = job.path.rpartition(b"/")[2].decode("utf-8", "replace")
    with archive.open_kept(settings, job.sha256, job.path) as source:
        bounds = reader_limits(settings)
        span = None
        if job.records is not None:
            span = formats.Span(job.first_record, job.records, job.byte_offset)
        else:
            outcome.spans = formats.spans(source, name, bounds, settings.records_per_part)
            if outcome.spans:
                return
            source.seek(0)
        _collect(formats.read(source, name, bounds, span), outcome, watch)
    if not outcome.cleaned and not outcome.bad:
        raise QuarantineError("The file holds no article.")


def _collect(records: Iterator[Article | BadRecord], outcome: Outcome, watch: StageTimer) -> None:
    for record in records:
        watch.lap("read")
        if isinstance(record, Article):
            outcome.cleaned.append((record, clean(record)))
            watch.lap("clean")
        else:
            _record_bad(outcome, record)


def _record_bad(outcome: Outcome, bad: BadRecord) -> None:
    if len(outcome.bad) < MOST_BAD_RECORDS:
        outcome.bad.append(bad)


def fingerprint_all(outcomes: Sequence[Outcome]) -> None:
    """Fingerprint what was cleaned; a file of which nothing is left is to be quarantined."""
    try:
        made = iter(fingerprint_articles([(o.job.file_id, *one) for o in outcomes for one in o.cleaned]))
    except Exception as error:
        if len(outcomes) > 1:  # one of them can't be fingerprinted: it must not cost the others
            for outcome in outcomes:
                fingerprint_all([outcome])
        else:
            _fail(outcomes[0], error)
        return
    for outcome in outcomes:
        for _ in outcome.cleaned:
            one = next(made)
            if isinstance(one, Prepared):
                outcome.prepared.append(one)
            else:
                _record_bad(outcome, one)
        outcome.cleaned.clear()
        if outcome.bad and not outcome.prepared:
            outcome.quarantine = outcome.quarantine or outcome.bad[0].reason


def fingerprint_articles(articles: Sequence[tuple[int, Article, Cleaned]]) -> list[Prepared | BadRecord]:
    """Fingerprint cleaned articles, each with the id of its file; one without a word is bad."""
    found = features_of([Source(cleaned.text, cleaned.title, cleaned.language) for _, _, cleaned in articles])
    return [
        Prepared(*article, one, print_) if one.tokens else BadRecord(article[1].position, _NO_WORDS)
        for article, one, print_ in zip(articles, found, fingerprints(found), strict=True)
    ]


def prepare_article(file_id: int, article: Article) -> Prepared | BadRecord:
    """Clean and fingerprint one article; one without a word is bad."""
    return fingerprint_articles([(file_id, article, clean(article))])[0]


def _fail(outcome: Outcome, error: Exception) -> None:
    logger.exception("a file could not be processed", file=outcome.job.id)
    outcome.failure = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    outcome.cleaned.clear()
