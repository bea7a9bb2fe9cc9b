"""Read a web archive (WARC): one article for each page that was fetched successfully; other records are skipped.

The URL and time of a page are those of its WARC record.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates
from worker.formats.fields import line
from worker.formats.limits import Limits, Span
from worker.formats.readers import html, text
from worker.formats.readers.html import TransferMetadata
from worker.formats.stream import Record, Stream

_CHUNK_BYTES = 65_536
#: The headers of one record; browsers and servers stop at a tenth of this.
_MAX_HEADER_BYTES = 1_000_000
_PAGES = ("text/html", "application/xhtml+xml")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each page: HTML of response and resource records, plain text of conversion records."""
    from warcio.archiveiterator import WARCIterator
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    pages = WARCIterator(_CountingReader(stream.open_at(span.offset), span.offset))
    limiter = _HeaderSizeLimiter(pages.reader.readline)
    pages.reader.readline = limiter.readline
    try:
        for record in pages:
            limiter.bytes_read = 0
            media_type = _media_type(record)
            if media_type in _PAGES or (media_type == "text/plain" and record.rec_type == "conversion"):
                yield Record(pages.offset, partial(_article, record, media_type, limits), _declared_size(record))
    except (ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        raise QuarantineError(f"The web archive is damaged ({str(error)[:100].strip()}).") from error


class _CountingReader:
    """A file whose ``tell`` can't fail: warcio takes any error of it for "has no positions"."""

    def __init__(self, file: BinaryIO, position: int) -> None:
        self._file = file
        self._position = position

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._position += len(data)
        return data

    def tell(self) -> int:
        return self._position


class _HeaderSizeLimiter:
    """Limits the size of a record's headers, of which warcio reads any number of any length into memory."""

    def __init__(self, readline: Callable[[int], bytes]) -> None:
        self._readline = readline
        self.bytes_read = 0

    def readline(self, length: int | None = None) -> bytes:
        """Return the next line or a part of it; raise QuarantineError if a record's headers exceed the limit."""
        line = self._readline(min(length or _MAX_HEADER_BYTES, _MAX_HEADER_BYTES))
        self.bytes_read += len(line)
        if self.bytes_read > _MAX_HEADER_BYTES:
            raise QuarantineError("The web archive is damaged: one of its records has headers without end.")
        return line


def _media_type(record: Any) -> str:
    """Return the record's media type in lower case; empty for requests, redirects, errors and similar records."""
    if record.rec_type == "response":
        headers = record.http_headers
        if headers is None or not headers.get_statuscode().startswith("2"):
            return ""
        declared = headers.get_header("Content-Type")
    elif record.rec_type in ("resource", "conversion"):
        declared = record.rec_headers.get_header("Content-Type")
    else:
        return ""
    return (declared or "").partition(";")[0].strip().lower()


def _declared_size(record: Any) -> int:
    declared = record.rec_headers.get_header("Content-Length") or ""
    return int(declared) if declared.isdecimal() and len(declared) < 12 else 0


def _article(record: Any, media_type: str, limits: Limits) -> Article:
    data, content_stream = b"", record.content_stream()
    while len(data) <= limits.max_article_bytes and (chunk := content_stream.read(_CHUNK_BYTES)):
        data += chunk
    if len(data) > limits.max_article_bytes:
        raise QuarantineError(f"The page is larger than one article may be ({limits.max_article_bytes:,} bytes).")
    url = line(record.rec_headers.get_header("WARC-Target-URI"))
    if media_type == "text/plain":
        article = replace(text.article(data, limits), url=url)
    else:
        headers = record.http_headers or record.rec_headers
        charset = (headers.get_header("Content-Type") or "").lower().partition("charset=")[2].strip("\"' ;")
        article = html.article(data, limits, TransferMetadata(url, charset or None))
    fetched = dates.parse(record.rec_headers.get_header("WARC-Date"))
    return replace(article, published_at=article.published_at or fetched)
