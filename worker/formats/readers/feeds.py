"""Read RSS, RDF and Atom feeds: one article for each item, from the longest of its texts.

feedparser reads each item by itself, so that a fault costs no other item and a feed of any length takes constant
memory.
"""

import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, identity, safe_xml
from worker.formats.decode import decode
from worker.formats.feed_document import FeedDocument, Parsed
from worker.formats.feed_items import Item, cut, read_head
from worker.formats.feed_text import longest, one_line, visible_text, without_own_link
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.stream import Record, Stream

#: what an entry's ``content`` is if it is a text; it may also be a picture in Base64
_TEXT_TYPES = frozenset({"text/plain", "text/html", "application/xhtml+xml"})

#: Ends of the names under which feedparser has elements for the whole text: of Yandex (`yandex:full-text`), of exports.
_WHOLE_TEXTS = ("full-text", "fulltext", "full_text", "turbo_content")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each item of the feed, or the entry that is the root of the document."""
    for item, document in items(stream, limits, span):
        yield Record(item.offset, partial(_article, item, document), len(item.data))


def items(stream: Stream, limits: Limits, span: Span) -> Iterator[tuple[Item, FeedDocument]]:
    """Yield each item with its feed. A feed of up to the size of an article is decoded whole, else item by item."""
    limit = limits.max_article_bytes
    stream.first_bytes += stream.file.read(max(limit + 1 - len(stream.first_bytes), 0))
    encoding = safe_xml.declared_encoding(stream.first_bytes)
    is_small = len(stream.first_bytes) <= limit
    file: BinaryIO
    if is_small:
        file, encoding = io.BytesIO(decode(stream.first_bytes, encoding).text.encode()), "utf-8"
    else:
        file = stream.open_at()
    head, rest = read_head(file, limit)
    document = FeedDocument(head, encoding)
    offset = len(head)
    if span.offset:
        file, rest, offset = stream.open_at(span.offset), b"", span.offset
    for item in cut(file, rest, offset, limit, has_root=document.has_root):
        yield (item._replace(offset=0) if is_small else item), document


def read_entry(item: Item, document: FeedDocument) -> Parsed:
    """Return an item as feedparser reads it; raise QuarantineError for one that is incomplete."""
    if item.fault:
        raise QuarantineError(item.fault)
    return document.entry(item.data)


def _article(item: Item, document: FeedDocument) -> Article:
    entry, feed = read_entry(item, document), document.feed
    text, title = entry_text(entry), visible_text(entry.get("title")) or None
    if not text and not title:
        raise QuarantineError("The feed's item has neither a text nor a title.")
    external_id = one_line(entry.get("id"))
    original = dict.get(entry, "source") or {}
    return Article(
        text=text or title or "",
        title=title,
        external_id=external_id,
        url=_url(entry),
        source=one_line(original.get("title")) or visible_text(feed.get("title")) or None,
        author=authors(entry) or authors(feed),
        language=_language(entry, feed),
        published_at=dates.parse(dict.get(entry, "published")) or dates.parse(dict.get(entry, "updated")),
        provider=identity.authority(external_id) or one_line(original.get("id")) or feed_id(feed),
        version=identity.instant(dict.get(entry, "updated")),
    )


def entry_text(entry: Parsed) -> str:
    """Return the longest text of an entry: some feeds have the whole article as their summary.

    A link to the entry itself at the end of a text is no part of it.
    """
    contents = [part for part in entry.get("content", ()) if part.get("type") in _TEXT_TYPES]
    whole = [value for name, value in entry.items() if name.endswith(_WHOLE_TEXTS)]
    values = [part.get("value") for part in contents] + [entry.get("summary"), *whole]
    return longest(without_own_link(value, one_line(entry.get("link"))) for value in values)


def authors(entry: Parsed) -> str | None:
    """Return the names of the authors of an entry or feed, joined with commas."""
    names = [one_line(author.get("name") or author.get("email")) for author in entry.get("authors", ())]
    return ", ".join(dict.fromkeys(filter(None, names))) or None


def feed_id(feed: Parsed) -> str | None:
    """Return where an id is unique: the feed's id, else the site of its channel."""
    sites = (identity.host(link.get("href")) for link in feed.get("links", ()) if link.get("rel") == "alternate")
    return one_line(feed.get("id")) or next(filter(None, sites), None)


def _url(entry: Parsed) -> str | None:
    """Return the address of an item; an id that is declared to be a permalink is one. FeedBurner links to itself."""
    link = one_line(entry.get("feedburner_origlink")) or one_line(entry.get("link"))
    return None if link == one_line(entry.get("id")) and identity.host(link) is None else link


def _language(entry: Parsed, feed: Parsed) -> str | None:
    details = [*entry.get("content", ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}]
    inherited = next((detail["language"] for detail in details if detail.get("language")), None)
    return language_code(entry.get("language")) or language_code(inherited) or language_code(feed.get("language"))
