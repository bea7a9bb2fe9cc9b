"""Read NewsML-G2, the current XML format of news agencies: one article for each news item of a message.

The text is inline as NITF, XHTML or plain text; an item that only refers to another file has no text.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from worker.article import Article, PublicationStatus
from worker.errors import QuarantineError
from worker.formats import dates, html_fragment, identity, safe_xml, status
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.readers import nitf
from worker.formats.stream import Record, Stream
from worker.formats.xml_text import element_line, paragraphs

_ITEM_TAGS = frozenset({"newsItem"})
#: Parts of a page that are not its text: what a browser hides, and the frame around an article.
FRAME = frozenset(
    "audio figcaption footer form head header iframe img media nav noscript object script style svg template title"
    " video".split()
)
_HTML = re.compile(r"\s*<(?:!doctype|html|body|div|p|h[1-6]|ul|ol|section|article|pre)\b", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"</?p(?:\s[^<>]{0,400})?>", re.IGNORECASE)


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each news item; the root of a document may itself be the only news item."""
    del span
    for root, item in safe_xml.iter_elements(stream, limits, _ITEM_TAGS):
        if item is not root or root.tag in _ITEM_TAGS:
            yield Record(0, partial(_article, item), safe_xml.element_size(item))


def _article(item: Element) -> Article:
    meta = item.find("contentMeta")
    meta = Element("contentMeta") if meta is None else meta
    title = element_line(meta.find("headline")) or element_line(item.find(".//itemMeta/title")) or None
    notes = [note for note in map(element_line, item.iterfind(".//itemMeta/edNote")) if note]
    stated, until = _status(item, title, notes)
    text, embedded = _inline_text(item)
    if not text and stated == PublicationStatus.WITHDRAWN:  # a kill notice names its item by the guid alone
        text = next(iter(notes), title) or ""
    if not text:
        raise QuarantineError("The news item itself has no text (a picture, or a reference to a file elsewhere).")
    language = item.find("contentMeta/language")
    return Article(
        text=text,
        title=title or embedded.title,
        external_id=item.get("guid") or None,
        source=element_line(meta.find("creditline")) or _provider(item),
        author=nitf.byline_names(meta.find("by")) or embedded.author,
        language=language_code((language.get("tag") if language is not None else None) or item.get(safe_xml.LANG)),
        published_at=dates.parse(
            element_line(item.find("itemMeta/firstCreated"))
            or element_line(meta.find("contentCreated"))
            or element_line(item.find("itemMeta/versionCreated"))
        ),
        provider=identity.authority(item.get("guid")) or _provider_id(item) or _provider(item),
        version=identity.version(item.get("version")),
        dateline=nitf.separate_dateline(meta.find("dateline")) or embedded.dateline,
        status=status.strictest(stated, embedded.status),
        embargoed_until=until or embedded.embargoed_until,
    )


def _status(item: Element, title: str | None, notes: list[str]) -> tuple[PublicationStatus, datetime | None]:
    published = item.find("itemMeta/pubStatus")
    code = (published.get("qcode") or published.get("uri")) if published is not None else None
    until = status.embargo_end(element_line(item.find("itemMeta/embargoed")))
    stated = status.strictest(
        status.from_code(code), status.from_headline(title), *map(status.from_note, notes), embargo=until
    )
    return stated, until if stated == PublicationStatus.WITHHELD else None


def _inline_text(item: Element) -> tuple[str, Article]:
    """Return the first inline text, and an article with the fields of embedded NITF."""
    for inline in item.iterfind("contentSet/inlineXML"):
        embedded = inline.find("nitf")
        if embedded is not None and nitf.body_text(embedded):
            article = nitf.from_element(embedded)
            return article.text, article
        if text := "\n\n".join(paragraphs(inline, FRAME)):
            return text, Article(text)
    for inline in item.iterfind("contentSet/inlineData"):
        if text := plain_text(inline.text or "", inline.get("contenttype", "")):
            return text, Article(text)
    return "", Article("")


def plain_text(data: str, media_type: str) -> str:
    """Return the text of inline data; some agencies put markup into what they call plain text."""
    if "html" not in media_type and not _HTML.match(data):
        return data.strip()
    if "html" not in media_type and data.count("\n") > 2 * data.lower().count("<p"):
        return _PARAGRAPH_TAG.sub("\n", data).strip()  # the lines are the text's, one tag encloses all of them
    return html_fragment.html_to_text(data)


def _provider_id(item: Element) -> str | None:
    """Return the provider's code, which stays the same when its name is written in another way."""
    provider = item.find("itemMeta/provider")
    return (provider.get("qcode") or provider.get("uri") or None) if provider is not None else None


def _provider(item: Element) -> str | None:
    provider = item.find("itemMeta/provider")
    if provider is None:
        return None
    named = (
        element_line(provider.find("name")) or provider.get("literal") or provider.get("qcode", "").rpartition(":")[2]
    )
    return named or None
