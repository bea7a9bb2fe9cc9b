"""Read the articles of a file of any format, with the reason for each record that can't be read.

This module numbers the records, and converts libraries' exceptions about content to the project's errors.
"""

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import BinaryIO

from worker.article import Article, BadRecord
from worker.errors import CopydeskError, QuarantineError
from worker.formats import notes
from worker.formats.authors import author_names
from worker.formats.faults import CONTENT_ERRORS, content_errors_refused, file_fault
from worker.formats.fields import bound
from worker.formats.limits import WHOLE, DecompressionBombError, Limits, Span
from worker.formats.records import all_records
from worker.formats.registry import BY_NAME, sniff
from worker.formats.stream import Record, Stream, open_stream

#: A file that begins with this many bad records is in another format than it seems; it is refused as a whole.
_MAX_LEADING_BAD = 1000
_WORD = re.compile(r"[^\W_]")


def read(source: BinaryIO, name: str, limits: Limits, span: Span | None = None) -> Iterator[Article | BadRecord]:
    """Yield the articles of ``source``, or of one ``span`` of it, with a BadRecord in place of each bad record.

    Only the suffix of ``name`` is used, as a hint. Raise QuarantineError if the whole file can't be read, and
    RetryError if reading from the disk failed. Errors of the machine (time, memory, signals) pass as they are.
    """
    notes.start_file()
    with content_errors_refused():
        yield from _read(open_stream(source, name), limits, span or WHOLE)


def read_spans(
    source: BinaryIO, name: str, limits: Limits, consecutive: Sequence[Span]
) -> Iterator[list[Article | BadRecord]]:
    """Yield the outcomes of each of ``consecutive`` spans of a file that is read once; each has its own time.

    Raise the same errors as ``read``; nothing can be read after one.
    """
    notes.start_file()
    with content_errors_refused():
        records = all_records(open_stream(source, name), limits, WHOLE)
        deque(islice(records, consecutive[0].first), maxlen=0)
        for span in consecutive:
            own = islice(records, span.count)
            yield list(_outcomes(own, limits, span))
            deque(own, maxlen=0)  # what the time of the span was too short for


def spans(source: BinaryIO, name: str, limits: Limits, records: int) -> list[Span]:
    """Return the spans of a large file in order; [] if one span would hold the whole file.

    A span holds at most ``records`` records, of at most ``max_span_bytes`` together or a single larger one.
    The readable part of a truncated file is split, a decompression bomb is not: each worker would unpack it again.
    Raises the same errors as ``read``.
    """
    cutter = _SpanCutter(records, limits.max_span_bytes)
    try:
        with content_errors_refused():
            stream = open_stream(source, name)
            if BY_NAME[sniff(stream.first_bytes, name)].article:
                return []
            for record in all_records(stream, limits, WHOLE):
                cutter.add(record.offset, record.size)
                if cutter.count > limits.max_records:
                    break
    except DecompressionBombError:
        raise
    except QuarantineError:
        if cutter.count == 0:
            raise
        cutter.add(0, 0)  # the file breaks off in this record; `read` reports it as a bad record
    if cutter.count > limits.max_records:
        raise QuarantineError(f"It holds more than {limits.max_records:,} records: send it in parts.")
    return cutter.spans()


class _SpanCutter:
    """Cuts a sequence of records into spans of bounded records and bytes."""

    def __init__(self, most_records: int, most_bytes: int) -> None:
        self.count = 0
        self._most_records = most_records
        self._most_bytes = most_bytes
        self._starts: list[tuple[int, int]] = []  # the first record of each span, and its offset
        self._bytes = 0  # in the last span

    def add(self, offset: int, size: int) -> None:
        """Add the next record."""
        is_full = not self._starts or self.count - self._starts[-1][0] == self._most_records
        if is_full or self._bytes + size > self._most_bytes:
            self._starts.append((self.count, offset))
            self._bytes = 0
        self.count += 1
        self._bytes += size

    def spans(self) -> list[Span]:
        """Return the spans; [] if there is only one."""
        if len(self._starts) <= 1:
            return []
        ends = [first for first, _ in self._starts[1:]] + [self.count]
        return [Span(first, end - first, offset) for (first, offset), end in zip(self._starts, ends, strict=True)]


def _read(stream: Stream, limits: Limits, span: Span) -> Iterator[Article | BadRecord]:
    if not stream.first_bytes:
        raise QuarantineError("The file is empty (0 bytes).")
    kind = BY_NAME[sniff(stream.first_bytes, stream.name)]
    if kind.article:  # fast path: one file, one article
        data = stream.read_all(limits.max_article_bytes)
        yield _accept(notes.with_notes(partial(kind.article, data, limits)))
        return
    outcomes = _read_records(stream, limits, span)
    if span is WHOLE:
        yield from _until_first_article(outcomes, kind.name)
    yield from outcomes


def _until_first_article(outcomes: Iterator[Article | BadRecord], kind: str) -> Iterator[Article | BadRecord]:
    """Yield outcomes up to the first article; raise QuarantineError if the first thousand records have none."""
    bad: list[BadRecord] = []
    for outcome in outcomes:
        if isinstance(outcome, Article):
            yield from bad
            yield outcome
            return
        bad.append(outcome)
        if len(bad) == _MAX_LEADING_BAD:
            break
    if not bad:
        raise QuarantineError(f"The file ({kind}) is sound but holds no article.")
    if len(bad) == 1:
        raise QuarantineError(bad[0].reason)
    first = "first " if len(bad) == _MAX_LEADING_BAD else ""
    raise QuarantineError(f"None of its {first}{len(bad):,} records can be read. The first one: {bad[0].reason}")


def _read_records(stream: Stream, limits: Limits, span: Span) -> Iterator[Article | BadRecord]:
    records = all_records(stream, limits, span if span.offset else WHOLE)
    if span is not WHOLE:
        skipped = 0 if span.offset else span.first
        records = islice(_within_time(records, limits), skipped, skipped + span.count)
    return _outcomes(records, limits, span)


def _outcomes(records: Iterator[Record], limits: Limits, span: Span) -> Iterator[Article | BadRecord]:
    """Yield the outcome of each record; where the file breaks off, a BadRecord is the last."""
    position, running = span.first, None
    while True:
        try:
            record = next(records, None)
            running = running or limits.started()  # skipping the records of earlier parts does not count
            running.check_time()
        except CONTENT_ERRORS as error:
            if position == 0:
                raise
            yield BadRecord(position, f"From here on the file can't be read. {file_fault(error)}")
            return
        if record is None:
            if position < span.first + span.count:
                raise CopydeskError(
                    f"Only {position - span.first:,} of the {span.count:,} records of this part are found again."
                )
            return
        if record.article:
            yield _read_record(record.article, position)
        position += 1


def _within_time(records: Iterator[Record], limits: Limits) -> Iterator[Record]:
    for record in records:
        limits.check_time()
        yield record


def _read_record(parse: Callable[[], Article], position: int) -> Article | BadRecord:
    try:
        article = _accept(notes.with_notes(parse))
    except CONTENT_ERRORS as error:
        return BadRecord(position, str(file_fault(error)))
    return _with_position(article, position) if position else article


def _with_position(article: Article, position: int) -> Article:
    """Return a copy of ``article`` with ``position``; dataclasses.replace takes 7 µs, this a quarter."""
    return Article(
        article.text,
        article.title,
        article.external_id,
        article.url,
        article.source,
        article.author,
        article.language,
        article.published_at,
        position,
        article.provider,
        article.version,
        article.shortened,
        article.notes,
        article.dateline,
        article.status,
        article.embargoed_until,
    )


def _accept(article: Article) -> Article:
    """Return a new article with bounded fields; raise QuarantineError if it has no word."""
    if _WORD.search(article.text) is None:
        raise QuarantineError("It holds no word, so there is nothing to publish.")
    if article.author is not None:
        article.author = author_names(article.author, article.source, article.url)
    return bound(article)
