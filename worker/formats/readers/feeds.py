"""Read RSS and Atom feeds: one article for each item, from its full text if the feed has it, else its summary.

Each item is discarded once it is read, so that a feed of any length takes constant memory.
"""

from collections.abc import Iterator
from functools import partial
from html import unescape
from xml.etree.ElementTree import Element, tostring

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, html_fragment, identity, safe_xml
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.safe_xml import element_text
from worker.formats.stream import Record, Stream

_ITEM_TAGS = frozenset({"item", "entry"})
#: elements that may contain the text, in order of preference
_TEXT_TAGS = ("encoded", "content", "description", "summary")
_DATE_TAGS = ("pubDate", "published", "date", "issued", "updated")
#: when an item was last changed: Atom's element, which RSS feeds use too, and Dublin Core's
_CHANGED_TAGS = ("updated", "modified")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each item of the feed, or the entry that is the root of the document."""
    del span
    for root, item in safe_xml.iter_elements(stream, limits, _ITEM_TAGS):
        if item is not root or root.tag in _ITEM_TAGS:
            yield Record(0, partial(_article, item, root), safe_xml.element_size(item))


def _article(item: Element, root: Element) -> Article:
    title = _visible_text(item.find("title")) or None
    text = next((text for name in _TEXT_TAGS for part in item.iterfind(name) if (text := _visible_text(part))), title)
    if text is None:
        raise QuarantineError("The feed's item has neither a text nor a title.")
    channel = root.find("channel")
    channel = root if channel is None else channel
    external_id = element_text(item.find("guid")) or element_text(item.find("id")) or None
    return Article(
        text=text,
        title=title,
        external_id=external_id,
        url=_link(item),
        source=element_text(item.find("source/title"))
        or element_text(item.find("source"))
        or _visible_text(channel.find("title"))
        or None,
        author=_author(item) or _author(channel),
        language=language_code(
            item.get(safe_xml.LANG) or root.get(safe_xml.LANG) or element_text(channel.find("language"))
        ),
        published_at=next((when for name in _DATE_TAGS if (when := dates.parse(element_text(item.find(name))))), None),
        provider=identity.authority(external_id) or _feed(item, root, channel),
        version=next((v for name in _CHANGED_TAGS if (v := identity.instant(element_text(item.find(name))))), None),
    )


def _feed(item: Element, root: Element, channel: Element) -> str | None:
    """Return where an id is unique: the entry's original feed, else this feed by its id, else the site of its channel.

    None for an entry that is a document by itself.
    """
    if original := element_text(item.find("source/id")):
        return original
    if item is root:
        return None
    sites = (identity.host(element_text(link)) for link in channel.iterfind("link"))
    return element_text(channel.find("id")) or next(filter(None, sites), None)


def _visible_text(part: Element | None) -> str:
    """Return the visible text of an element that may contain plain text, escaped HTML or XHTML."""
    if part is None:
        return ""
    if len(part):
        return html_fragment.html_to_text(tostring(part, "unicode"))
    text = part.text or ""
    return html_fragment.html_to_text(text) if "<" in text else unescape(text).strip()


def _link(item: Element) -> str | None:
    for link in item.iterfind("link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href") or element_text(link) or None
    return None


def _author(element: Element) -> str | None:
    names = [element_text(author.find("name")) or element_text(author) for author in element.iterfind("author")]
    names += [element_text(creator) for creator in element.iterfind("creator")]
    return ", ".join(filter(None, names)) or None
