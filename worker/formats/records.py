"""Split a file of any format into records that are not parsed yet; archives are opened recursively.

Counting the records of a file and reading a span of it both use this module, so that their record numbers agree.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.faults import CONTENT_ERRORS, file_fault
from worker.formats.limits import WHOLE, DecompressionBombError, Limits, Span
from worker.formats.registry import BY_NAME, sniff
from worker.formats.stream import Record, Stream


def all_records(stream: Stream, limits: Limits, start: Span = WHOLE) -> Iterator[Record]:
    """Yield the records of ``stream`` from record ``start.first`` on, which is at byte ``start.offset``.

    Raise QuarantineError at the point where the stream can't be read further.
    """
    kind = BY_NAME[sniff(stream.first_bytes, stream.name)]
    if not stream.first_bytes:
        yield _refused_record(QuarantineError("The file is empty (0 bytes)."), stream.error_prefix)
    elif kind.article:
        size = min(max(len(stream.first_bytes), stream.declared_size), limits.max_article_bytes)
        yield Record(0, partial(_parse_whole, kind.article, stream, limits), size)
    elif kind.split:
        stream = stream.as_utf8(limits.max_article_bytes)
        for record in kind.split(stream, limits, start):
            yield record._replace(offset=stream.outer_offset(record.offset))
    elif kind.unpack:
        if stream.depth >= limits.max_depth:
            raise QuarantineError(
                f"It is an archive within {limits.max_depth} archives, deeper than is opened: unpack it first."
            )
        for member in kind.unpack(stream, limits, start):
            yield from _member_records(member, limits, replace(start, offset=0))
    else:
        raise QuarantineError(kind.advice)


def _member_records(member: Stream | QuarantineError, limits: Limits, start: Span) -> Iterator[Record]:
    """Yield the records of an archive's member; where it breaks off, a bad record replaces the rest of it.

    Raise QuarantineError for a decompression bomb: the whole archive is refused.
    """
    if isinstance(member, QuarantineError):
        yield _refused_record(member, "")
        return
    records = all_records(member, limits, start)
    while True:
        try:
            record = next(records, None)
        except DecompressionBombError:
            raise
        except CONTENT_ERRORS as error:
            yield _refused_record(file_fault(error), member.error_prefix)
            return
        if record is None:
            return
        if member.error_prefix and record.article:
            record = record._replace(article=partial(_with_error_prefix, member.error_prefix, record.article))
        yield record


def _parse_whole(reader: Callable[[bytes, Limits], Article], stream: Stream, limits: Limits) -> Article:
    return reader(stream.read_all(limits.max_article_bytes), limits)


def _with_error_prefix(prefix: str, article: Callable[[], Article]) -> Article:
    try:
        return article()
    except CONTENT_ERRORS as error:
        raise QuarantineError(f"{prefix}{file_fault(error)}") from error


def _refused_record(why: QuarantineError, prefix: str) -> Record:
    def refuse() -> Article:
        raise QuarantineError(prefix + str(why))

    return Record(0, refuse)
