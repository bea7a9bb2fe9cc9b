"""Read NewsML-G2, the current XML format of news agencies: one article for each news item of a message.

The text is inline as NITF, XHTML or plain text; an item that only refers to another file has no text.
"""

from collections.abc import Iterator
from functools import partial
from xml.etree.ElementTree import Element, tostring

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, html_fragment, identity, safe_xml
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.readers import nitf
from worker.formats.safe_xml import element_text
from worker.formats.stream import Record, Stream

_ITEM_TAGS = frozenset({"newsItem"})


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each news item; the root of a document may itself be the only news item."""
    del span
    for root, item in safe_xml.iter_elements(stream, limits, _ITEM_TAGS):
        if item is not root or root.tag in _ITEM_TAGS:
            yield Record(0, partial(_article, item), safe_xml.element_size(item))


def _article(item: Element) -> Article:
    text = _inline_text(item)
    if not text:
        raise QuarantineError("The news item itself has no text (a picture, or a reference to a file elsewhere).")
    meta = item.find("contentMeta")
    language = item.find("contentMeta/language")
    return Article(
        text=nitf.prepend_dateline(_meta_text(meta, "dateline"), text),
        title=_meta_text(meta, "headline") or element_text(item.find(".//itemMeta/title")) or None,
        external_id=item.get("guid") or None,
        source=_meta_text(meta, "creditline") or _provider(item),
        author=nitf.strip_by(_meta_text(meta, "by")) or None,
        language=language_code((language.get("tag") if language is not None else None) or item.get(safe_xml.LANG)),
        published_at=dates.parse(
            element_text(item.find("itemMeta/firstCreated"))
            or _meta_text(meta, "contentCreated")
            or element_text(item.find("itemMeta/versionCreated"))
        ),
        provider=identity.authority(item.get("guid")) or _provider_id(item) or _provider(item),
        version=identity.version(item.get("version")),
    )


def _meta_text(meta: Element | None, name: str) -> str:
    return element_text(meta.find(name)) if meta is not None else ""


def _inline_text(item: Element) -> str:
    for inline in item.iterfind("contentSet/inlineXML"):
        embedded = inline.find("nitf")
        if embedded is not None:
            return nitf.from_element(embedded).text
        if len(inline):
            return html_fragment.html_to_text(tostring(inline[0], "unicode"))
    for inline in item.iterfind("contentSet/inlineData"):
        data = inline.text or ""
        if data.strip():
            return html_fragment.html_to_text(data) if "html" in inline.get("contenttype", "") else data.strip()
    return ""


def _provider_id(item: Element) -> str | None:
    """Return the provider's code, which stays the same when its name is written in another way."""
    provider = item.find("itemMeta/provider")
    return (provider.get("qcode") or provider.get("uri") or None) if provider is not None else None


def _provider(item: Element) -> str | None:
    provider = item.find("itemMeta/provider")
    if provider is None:
        return None
    named = (
        element_text(provider.find("name")) or provider.get("literal") or provider.get("qcode", "").rpartition(":")[2]
    )
    return named or None
