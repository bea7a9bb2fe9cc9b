"""A file of any format -> its articles, and a sentence for each record that can't be read.

The one place that turns whatever a library raises into the project's own error, and counts the records.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from worker.article import Article, BadRecord
from worker.errors import CopydeskError, QuarantineError, RetryError
from worker.formats.limits import WHOLE, Limits, Span
from worker.formats.records import all_records, explained
from worker.formats.registry import BY_NAME, sniff
from worker.formats.stream import Stream, open_stream

_WORD = re.compile(r"[^\W_]")


def read(source: BinaryIO, name: str, limits: Limits, span: Span | None = None) -> Iterator[Article | BadRecord]:
    """Yield the articles of ``source``, or those of one ``span`` of it, with BadRecord in place of bad ones.

    ``name`` is only a hint (its suffix). QuarantineError: the file as a whole can't be read; RetryError: the
    disk could not be read just now. Nothing else is raised.
    """
    try:
        yield from _read(open_stream(source, name), limits, span or WHOLE)
    except (CopydeskError, GeneratorExit):
        raise
    except Exception as error:
        raise explained(error) from error


def spans(source: BinaryIO, name: str, limits: Limits, records: int) -> list[Span]:
    """Return runs of ``records`` records of a larger file, in order; [] for one that holds no more than that.

    A file that breaks off is cut into what can be read of it. Raises as ``read`` does.
    """
    offsets: list[int] = []
    count = 0
    try:
        stream = open_stream(source, name)
        if BY_NAME[sniff(stream.head, name)].article:
            return []
        for count, record in enumerate(all_records(stream, limits, WHOLE), 1):
            if (count - 1) % records == 0:
                offsets.append(record.offset)
    except Exception as error:
        if count == 0:
            raise explained(error) from error
        count += 1  # the record at which the file breaks off, for ``read`` to tell of
    if count <= records:
        return []
    return [Span(n * records, min(records, count - n * records), offset) for n, offset in enumerate(offsets)]


def _read(stream: Stream, limits: Limits, span: Span) -> Iterator[Article | BadRecord]:
    if not stream.head:
        raise QuarantineError("The file is empty (0 bytes).")
    kind = BY_NAME[sniff(stream.head, stream.name)]
    if kind.article:  # the short way: one file, one article
        yield _worded(kind.article(stream.whole(limits.max_article_bytes), limits))
        return
    held: BadRecord | None = None
    any_record = False
    for outcome in _outcomes(stream, limits, span):
        if held:
            yield held
        # A bad record on its own is a bad file, so the first one waits for the next record.
        held = outcome if isinstance(outcome, BadRecord) and not any_record and span is WHOLE else None
        any_record = True
        if held is None:
            yield outcome
    if held:
        raise QuarantineError(held.reason)
    if not any_record and span is WHOLE:
        raise QuarantineError(f"The file ({kind.name}) is sound but holds no article.")


def _outcomes(stream: Stream, limits: Limits, span: Span) -> Iterator[Article | BadRecord]:
    """Yield what became of each record; one that breaks the file off is the last."""
    position = span.first
    found = all_records(stream, limits, span if span.offset else WHOLE)
    if span is not WHOLE:
        passed = 0 if span.offset else span.first
        found = islice(found, passed, passed + span.count)
    while True:
        try:
            record = next(found, None)
        except Exception as error:
            if position == 0:
                raise
            yield BadRecord(position, f"From here on the file can't be read. {explained(error)}")
            return
        if record is None:
            return
        if record.article:
            yield _outcome(record.article, position)
        position += 1


def _outcome(article: Callable[[], Article], position: int) -> Article | BadRecord:
    try:
        found = _worded(article())
    except Exception as error:
        why = explained(error)
        if isinstance(why, RetryError):
            raise why from error
        return BadRecord(position, str(why))
    return replace(found, position=position) if position else found


def _worded(article: Article) -> Article:
    if _WORD.search(article.text) is None:
        raise QuarantineError("It holds no word, so there is nothing to publish.")
    return article
