"""NewsML-G2, the agencies' XML of today -> an article for each news item of a message.

The text stands inline as NITF, as XHTML or plain; an item that only refers to a file elsewhere has none.
"""

from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element, tostring

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, fragment, safe_xml
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.readers import nitf
from worker.formats.safe_xml import text_within
from worker.formats.stream import Record, Stream

_ITEMS = frozenset({"newsItem"})


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each news item; a document whose root is one has just that."""
    del span
    for root, item in safe_xml.elements(stream, limits, _ITEMS):
        if item is not root or root.tag in _ITEMS:
            yield Record(0, partial(_article, item))


def _article(item: Element) -> Article:
    text = _text(item)
    if not text:
        raise QuarantineError("The news item holds no text of its own (a picture, or a reference to a file elsewhere).")
    meta = item.find("contentMeta")
    language = item.find("contentMeta/language")
    return Article(
        text=nitf.with_dateline(_first(meta, "dateline"), text),
        title=_first(meta, "headline") or text_within(item.find(".//itemMeta/title")) or None,
        external_id=item.get("guid") or None,
        source=_first(meta, "creditline") or _provider(item),
        author=nitf.without_by(_first(meta, "by")) or None,
        language=language_code((language.get("tag") if language is not None else None) or item.get(safe_xml.LANG)),
        published_at=dates.parse(
            text_within(item.find("itemMeta/firstCreated"))
            or _first(meta, "contentCreated")
            or text_within(item.find("itemMeta/versionCreated"))
        ),
    )


def _first(meta: Element | None, name: str) -> str:
    return text_within(meta.find(name)) if meta is not None else ""


def _text(item: Element) -> str:
    for inline in item.iterfind("contentSet/inlineXML"):
        embedded = inline.find("nitf")
        if embedded is not None:
            return nitf.from_element(embedded).text
        if len(inline):
            return fragment.text_of(tostring(inline[0], "unicode"))
    for inline in item.iterfind("contentSet/inlineData"):
        data = inline.text or ""
        if data.strip():
            return fragment.text_of(data) if "html" in inline.get("contenttype", "") else data.strip()
    return ""


def _provider(item: Element) -> str | None:
    provider = item.find("itemMeta/provider")
    if provider is None:
        return None
    named = (
        text_within(provider.find("name")) or provider.get("literal") or provider.get("qcode", "").rpartition(":")[2]
    )
    return named or None
