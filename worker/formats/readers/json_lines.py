"""Read JSON lines, one article a line; a file of any length takes constant memory.

A record's number is its 0-based line number, blank lines included, so that an editor finds it with any tool.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.json_fields import UnreadKeys
from worker.formats.limits import Limits, Span
from worker.formats.readers import json_object
from worker.formats.stream import Record, Stream


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each line from the span's offset on; a line over the limit is skipped in chunks, not read whole."""
    offset, number = span.offset, span.first
    limit = limits.max_article_bytes
    file = stream.open_at(offset)
    unread = UnreadKeys()
    while data := file.readline(limit + 1):
        start, number = offset, number + 1
        offset += len(data)
        if len(data) > limit:
            while not data.endswith(b"\n") and (data := file.readline(limit)):
                offset += len(data)
            yield Record(start, partial(_refuse_too_long, number, limit))
        elif data.isspace():
            yield Record(start, None)
        else:
            yield Record(start, partial(_article, data, limits, number, unread), len(data))


def _article(data: bytes, limits: Limits, number: int, unread: UnreadKeys) -> Article:
    return json_object.article(data.removeprefix(BOM_UTF8), limits, number, unread)


def _refuse_too_long(number: int, limit: int) -> Article:
    raise QuarantineError(f"Line {number} is longer than one article may be ({limit:,} bytes): it was skipped.")
