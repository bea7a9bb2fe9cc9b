"""A web archive (WARC) -> an article for each page in it that was fetched well; all else is passed over.

Each page's address and time are those of the archive's record.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, html, text
from worker.formats.html import Known
from worker.formats.limits import Limits, Span
from worker.formats.stream import Record, Stream

_PIECE_BYTES = 65_536
_PAGES = ("text/html", "application/xhtml+xml")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each page: responses and resources in HTML, conversions in plain text."""
    from warcio.archiveiterator import WARCIterator
    from warcio.exceptions import ArchiveLoadFailed

    pages = WARCIterator(stream.start(span.offset))
    try:
        for record in pages:
            content = _type(record)
            if content in _PAGES or (content == "text/plain" and record.rec_type == "conversion"):
                yield Record(pages.offset, partial(_article, record, content, limits))
    except ArchiveLoadFailed as error:
        raise QuarantineError(f"The web archive is damaged ({str(error)[:100].strip()}).") from error


def _type(record: Any) -> str:
    """Return the record's media type in lower case; empty for requests, redirects, errors and the like."""
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


def _article(record: Any, content: str, limits: Limits) -> Article:
    data, content_stream = b"", record.content_stream()
    while len(data) <= limits.max_article_bytes and (piece := content_stream.read(_PIECE_BYTES)):
        data += piece
    if len(data) > limits.max_article_bytes:
        raise QuarantineError(f"The page is larger than one article may be ({limits.max_article_bytes:,} bytes).")
    url = record.rec_headers.get_header("WARC-Target-URI")
    if content == "text/plain":
        found = replace(text.article(data, limits), url=url)
    else:
        headers = record.http_headers or record.rec_headers
        charset = (headers.get_header("Content-Type") or "").lower().partition("charset=")[2].strip("\"' ;")
        found = html.article(data, limits, Known(url, charset or None))
    fetched = dates.parse(record.rec_headers.get_header("WARC-Date"))
    return replace(found, published_at=found.published_at or fetched)
