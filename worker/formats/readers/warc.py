"""Read a web archive (WARC or ARC): one article for each page that was fetched successfully.

The URL and time of a page are those of its record. Other records are skipped. A revisit record, whose page did not
change since an earlier visit and is not in the archive, is reported once.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates
from worker.formats.fields import line
from worker.formats.http_body import read_body
from worker.formats.limits import Limits, Span
from worker.formats.markup_sniffing import sniff_markup
from worker.formats.readers import html, text
from worker.formats.readers.html import TransferMetadata
from worker.formats.stream import Record, Stream

#: The headers of one record; browsers and servers stop at a tenth of this.
_MAX_HEADER_BYTES = 1_000_000
_PAGES = ("text/html", "application/xhtml+xml")
#: Types that say nothing: the content decides, as in browsers (https://mimesniff.spec.whatwg.org).
_NO_TYPE = ("", "unknown/unknown", "application/unknown", "*/*")
_REQUESTED = ("response", "resource", "conversion")
_SNIFF_BYTES = 32_768
#: The first line of a record in ARC 1 ends in address, time, type and length; ARC 2 has five more fields before it.
_ARC_2 = re.compile(r"(\S+) \S+ (\d{14}) \S+ \d{3} ")
_ARC_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each page: HTML of response and resource records, plain text of conversion records.

    Raise QuarantineError at the end if there is none; it says what the archive holds instead.
    """
    from warcio.archiveiterator import ARCIterator, WARCIterator
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.statusandheaders import StatusAndHeadersParserException

    is_arc = not stream.first_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"WARC/")
    file = _CountingReader(stream.open_at(span.offset), span.offset)
    records = ARCIterator(file) if is_arc else WARCIterator(file)
    limiter = _HeaderSizeLimiter(records.reader.readline)
    records.reader.readline = limiter.readline
    pages = _Pages(limits)
    gaps = 0
    try:
        for record in chain(records, (None,)):
            limiter.bytes_read = 0
            if records.err_count > gaps:
                gaps = records.err_count
                yield Record(0, _refuse_gap)
            # A packed ARC file can't be read from a later record on, which would not be recognised as ARC.
            if record and (page := pages.page(record, 0 if is_arc and stream.depth else records.offset)):
                yield page
    except (ArchiveLoadFailed, StatusAndHeadersParserException) as error:
        raise QuarantineError(f"The web archive is damaged ({str(error)[:100].strip()}).") from error
    if not span.offset:
        pages.refuse_if_empty()


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


class _Pages:
    """Makes records of pages, and counts what is skipped."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pages = 0
        self._revisits = 0
        self._skipped: Counter[str] = Counter()

    def page(self, record: Any, offset: int) -> Record | None:
        """Return a page as a record that is not parsed yet; None for records of other kinds."""
        if record.rec_type == "revisit" and _media_type(record) in (*_PAGES, *_NO_TYPE):
            self._pages += 1
            self._revisits += 1
            # Only the first is reported: an archive may hold thousands. The others are counted as blank lines are, so
            # that each part of a large archive numbers its records in the same way.
            return Record(offset, partial(_refuse_revisit, _address(record)) if self._revisits == 1 else None)
        media_type = _media_type(record)
        body: Callable[[], bytes] = partial(_body, record, self._limits)
        if kind := _skipped_kind(record):
            self._skipped[kind] += 1
            return None
        if media_type in _NO_TYPE:
            media_type, body = _sniffed(body)
        if media_type in _PAGES or (media_type == "text/plain" and record.rec_type == "conversion"):
            self._pages += 1
            return Record(offset, partial(_article, record, media_type, body, self._limits), _declared_size(record))
        self._skipped[f"of type {media_type[:40]}"] += 1
        return None

    def refuse_if_empty(self) -> None:
        """Raise QuarantineError if there was no page; it says what there was."""
        if not self._pages:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in self._skipped.most_common(5)) or "none at all"
            raise QuarantineError(
                f"The web archive holds no page that was fetched successfully; its records: {kinds}. "
                "Send the archive that holds the pages."
            )


def _skipped_kind(record: Any) -> str:
    """Return what a record is that never is a page; empty for other records."""
    if record.rec_type not in _REQUESTED:
        return f"of kind {str(record.rec_type)[:40]}"
    if record.rec_type == "response" and record.http_headers is not None:
        status: str = record.http_headers.get_statuscode()
        if not status.startswith("2"):
            return f"with status {status[:3]}"
    return ""


def _media_type(record: Any) -> str:
    """Return the media type that the server or the crawler states, in lower case."""
    headers = record.http_headers or (record.rec_headers if record.rec_type in _REQUESTED else None)
    declared = headers.get_header("Content-Type") if headers else None
    return (declared or "").partition(";")[0].strip().lower()


def _sniffed(body: Callable[[], bytes]) -> tuple[str, Callable[[], bytes]]:
    """Return the type of content whose type is not stated, and a function that returns or refuses the content."""
    try:
        data = body()
    except QuarantineError as error:
        return "text/html", partial(_refuse, error)
    is_page = sniff_markup(data[:_SNIFF_BYTES], "") == "html"
    return "text/html" if is_page else "unknown", lambda: data


def _refuse(error: QuarantineError) -> bytes:
    raise error


def _refuse_gap() -> Article:
    raise QuarantineError(
        "A record of the web archive is longer than it states; what followed it, up to the next record, was not read."
    )


def _refuse_revisit(address: str | None) -> Article:
    raise QuarantineError(
        f"The archive has no text of the page {address or 'without an address'}: it had not changed since an earlier "
        "visit (a revisit record). Send the archive of that visit. Further records of this kind are not listed."
    )


def _declared_size(record: Any) -> int:
    declared = record.rec_headers.get_header("Content-Length") or record.rec_headers.get_header("length") or ""
    return int(declared) if declared.isdecimal() and len(declared) < 12 else 0


def _body(record: Any, limits: Limits) -> bytes:
    headers = record.http_headers
    transfer, content = (
        (headers.get_header(f"{name}-Encoding") or "" for name in ("Transfer", "Content")) if headers else ("", "")
    )
    return read_body(record.raw_stream, transfer, content, limits)


def _address(record: Any) -> str | None:
    uri = record.rec_headers.get_header("WARC-Target-URI") or record.rec_headers.get_header("uri") or ""
    arc_2 = _ARC_2.match(uri)
    return line(arc_2[1] if arc_2 else uri)


def _fetched_at(record: Any) -> str | None:
    """Return the time of the visit as ISO 8601; ARC writes 14 digits in UTC."""
    headers = record.rec_headers
    arc_2 = _ARC_2.match(headers.get_header("uri") or "")
    arc = _ARC_TIME.fullmatch(arc_2[2] if arc_2 else headers.get_header("archive-date") or "")
    if arc:
        year, month, day, hour, minute, second = arc.groups()
        return f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    date: str | None = headers.get_header("WARC-Date")
    return date


def _article(record: Any, media_type: str, body: Callable[[], bytes], limits: Limits) -> Article:
    data = body()
    url = _address(record)
    if media_type == "text/plain":
        article = replace(text.article(data, limits), url=url)
    else:
        headers = record.http_headers or record.rec_headers
        charset = (headers.get_header("Content-Type") or "").lower().partition("charset=")[2].strip("\"' ;")
        article = html.article(data, limits, TransferMetadata(url, charset or None))
    fetched = dates.parse(_fetched_at(record))
    return replace(article, published_at=article.published_at or fetched)
