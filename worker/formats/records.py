"""A file of any format -> its records not yet read, archives opened on the way.

Counting a file and reading one run of it both go through here, so that their numbers agree.
"""

from collections.abc import Callable, Iterator
from functools import partial

from worker.article import Article
from worker.errors import CopydeskError, QuarantineError, RetryError
from worker.formats.limits import WHOLE, Limits, Span
from worker.formats.registry import BY_NAME, sniff
from worker.formats.stream import Record, Stream


def all_records(stream: Stream, limits: Limits, span: Span = WHOLE) -> Iterator[Record]:
    """Yield the records of ``stream`` from the span's offset on; QuarantineError where it can't be read further."""
    kind = BY_NAME[sniff(stream.head, stream.name)]
    if kind.article:
        yield Record(0, partial(_one, kind.article, stream, limits))
    elif kind.split:
        for record in kind.split(stream, limits, span):
            yield record._replace(offset=stream.outside(record.offset))
    elif kind.unpack:
        if stream.depth >= limits.max_depth:
            raise QuarantineError(
                f"It is an archive within {limits.max_depth} archives, deeper than is opened: unpack it first."
            )
        for member in kind.unpack(stream, limits, span):
            yield from all_records(member, limits)
    else:
        raise QuarantineError(kind.advice)


def _one(reader: Callable[[bytes, Limits], Article], stream: Stream, limits: Limits) -> Article:
    return reader(stream.whole(limits.max_article_bytes), limits)


def explained(error: Exception) -> CopydeskError:
    """Return ``error`` as the project's own: of the disk, to be tried again; of the content, never."""
    if isinstance(error, CopydeskError):
        return error
    if isinstance(error, OSError) and error.errno is not None:
        return RetryError(f"The file could not be read just now ({error.strerror}): it will be tried again.")
    kind = type(error).__name__
    return QuarantineError(
        f"It can't be read as what it seems to be ({kind}): open it in its own program and export it again."
    )
