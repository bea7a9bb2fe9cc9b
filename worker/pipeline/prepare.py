"""Read, clean and fingerprint the articles of leased files, without the database and without a lock.

Files are read one by one, so that a faulty file affects no other; all articles are fingerprinted together, which costs
half of doing it one by one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from worker import archive, formats
from worker.article import Article, BadRecord, Cleaned
from worker.clean import clean
from worker.errors import KernelError, QuarantineError
from worker.features import Source, features_of
from worker.fingerprint import fingerprints
from worker.fingerprint.article import Prepared
from worker.formats.faults import is_of_machine
from worker.pipeline.reader_limits import reader_limits
from worker.process import log
from worker.process.stage_timer import StageTimer
from worker.process.time_limit import time_limit
from worker.settings import Settings
from worker.store.ledger import LeasedFile

logger = log.get(__name__)

#: Opens kept bytes by their SHA-256 and original path.
OpenKept = Callable[[bytes, bytes], BinaryIO]

#: Maximum number of bad records stored per file, so that a file of a million bad lines does not fill the database.
MOST_BAD_RECORDS = 1_000
#: Maximum number of different notes that are logged per file.
_MOST_NOTES = 20
_NO_WORDS = "The text holds no words, so there is nothing to compare or to keep."


@dataclass(slots=True)
class PreparedFile:
    """A file before its articles are assigned; ``cleaned`` holds them until they are fingerprinted."""

    leased: LeasedFile
    cleaned: list[tuple[Article, Cleaned]] = field(default_factory=list)
    prepared: list[Prepared] = field(default_factory=list)
    bad: list[BadRecord] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)  # what readers repaired or left out -> first record with it
    records_read: int = 0
    withheld: int = 0  # bad records beyond ``MOST_BAD_RECORDS``
    spans: list[formats.Span] = field(default_factory=list)
    quarantine: str | None = None  # why it can never be processed
    failure: str | None = None  # why it failed; may succeed another time
    setback: str | None = None  # why the machine can't process it now; no attempt of the file

    @property
    def characters(self) -> int:
        """The length of the texts that wait for their fingerprints."""
        return sum(len(cleaned.text) for _, cleaned in self.cleaned)


def prepare(
    settings: Settings, leased: LeasedFile, timer: StageTimer | None = None, open_kept: OpenKept | None = None
) -> PreparedFile:
    """Read and clean the articles of a leased file, or return the parts into which a large file must be split.

    ``open_kept`` opens bytes that were read ahead.
    """
    file, timer = PreparedFile(leased), timer or StageTimer()
    timer.start()
    try:
        with (open_kept or partial(archive.open_kept, settings))(leased.sha256, leased.path) as source:
            _prepare(settings, source, file, timer)
    except QuarantineError as error:
        file.quarantine = str(error)
        file.cleaned.clear()
    except Exception as error:
        if isinstance(error, MemoryError):
            raise  # memory belongs to the process: the whole batch is given up
        if is_of_machine(error):
            set_back(file, error)
            return file
        # a bug here or in a library: reported, retried a bounded number of times, without effect on other files
        _fail(file, error)
    time_limit.check()  # what was caught above may be what a library made of the end of the task's time
    return file


def _prepare(settings: Settings, source: BinaryIO, file: PreparedFile, timer: StageTimer) -> None:
    leased, limits = file.leased, reader_limits(settings)
    name = leased.path.rpartition(b"/")[2].decode("utf-8", "replace")
    span = None
    if leased.records is not None:
        span = formats.Span(leased.first_record, leased.records, leased.byte_offset)
    else:
        file.spans = formats.spans(source, name, limits, settings.records_per_part)
        if file.spans:
            return
        source.seek(0)
    _collect(formats.read(source, name, limits, span), file, timer)
    if not file.cleaned and not file.bad:
        raise QuarantineError("The file holds no article.")


def _collect(records: Iterator[Article | BadRecord], file: PreparedFile, timer: StageTimer) -> None:
    for record in records:
        timer.lap("read")
        file.records_read += 1
        if isinstance(record, Article):
            file.cleaned.append((record, clean(record)))
            timer.lap("clean")
            for note in record.notes:
                if len(file.notes) < _MOST_NOTES:
                    file.notes.setdefault(note, record.position)
        else:
            record_bad(file, record)


def record_bad(file: PreparedFile, bad: BadRecord) -> None:
    """Add a bad record; beyond a thousand only their number is kept."""
    if len(file.bad) < MOST_BAD_RECORDS:
        file.bad.append(bad)
    else:
        file.withheld += 1


def fingerprint_all(files: Sequence[PreparedFile]) -> None:
    """Fingerprint the cleaned articles; a file without a good article is marked for quarantine."""
    try:
        results = iter(fingerprint_articles([(f.leased.file_id, *pair) for f in files for pair in f.cleaned]))
    except Exception as error:
        of_kernel = isinstance(error, KernelError)
        if is_of_machine(error) and not of_kernel:
            raise
        if len(files) > 1:  # a file that can't be fingerprinted must not affect the others
            for file in files:
                fingerprint_all([file])
        elif of_kernel:  # no fault of the file, which waits until the kernel is mended
            set_back(files[0], error)
        else:
            _fail(files[0], error)
        return
    for file in files:
        for _ in file.cleaned:
            result = next(results)
            if isinstance(result, Prepared):
                file.prepared.append(result)
            else:
                record_bad(file, result)
        file.cleaned.clear()
        if file.bad and not file.prepared:
            file.quarantine = file.quarantine or file.bad[0].reason
        _account(file)


def _account(file: PreparedFile) -> None:
    """Let a file fail whose records are not all accounted for: one that is `done` has lost none."""
    found = len(file.prepared) + len(file.bad) + file.withheld
    if found != file.records_read and not (file.quarantine or file.failure or file.setback):
        file.failure = f"Of its {file.records_read:,} records only {found:,} are accounted for."
        file.prepared.clear()


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


def set_back(file: PreparedFile, error: Exception) -> None:
    """Let a file wait because the machine is at fault: without an attempt, and longer each time."""
    if not file.leased.setbacks:  # the first time: a disk that stays broken is reported once
        logger.warning("a file waits until this is fixed", file=file.leased.id, reason=str(error))
    file.setback = str(error)
    file.cleaned.clear()
    file.bad.clear()


def _fail(file: PreparedFile, error: Exception) -> None:
    logger.exception("a file could not be processed", file=file.leased.id)
    file.failure = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    file.cleaned.clear()
