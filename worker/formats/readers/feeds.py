"""RSS and Atom -> an article for each item: its full text where the feed has it, else its summary.

Items are read and dropped one by one, so that an archive's feed of any length takes constant memory.
"""

from collections.abc import Iterator
from functools import partial
from html import unescape
from xml.etree.ElementTree import Element, tostring

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, fragment, safe_xml
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.safe_xml import text_within
from worker.formats.stream import Record, Stream

_ITEMS = frozenset({"item", "entry"})
#: where the text may stand, best first
_TEXTS = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "date", "issued", "updated")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each item of the feed, or the entry that stands alone."""
    del span
    for root, item in safe_xml.elements(stream, limits, _ITEMS):
        if item is not root or root.tag in _ITEMS:
            yield Record(0, partial(_article, item, root))


def _article(item: Element, root: Element) -> Article:
    title = _shown(item.find("title")) or None
    text = next((text for name in _TEXTS for part in item.iterfind(name) if (text := _shown(part))), title)
    if text is None:
        raise QuarantineError("The feed's item has neither a text nor a title.")
    channel = root.find("channel")
    channel = root if channel is None else channel
    return Article(
        text=text,
        title=title,
        external_id=text_within(item.find("guid")) or text_within(item.find("id")) or None,
        url=_link(item),
        source=text_within(item.find("source/title"))
        or text_within(item.find("source"))
        or _shown(channel.find("title"))
        or None,
        author=_author(item) or _author(channel),
        language=language_code(
            item.get(safe_xml.LANG) or root.get(safe_xml.LANG) or text_within(channel.find("language"))
        ),
        published_at=next((when for name in _DATES if (when := dates.parse(text_within(item.find(name))))), None),
    )


def _shown(part: Element | None) -> str:
    """Return what a reader sees of an element that may hold text, escaped HTML or XHTML."""
    if part is None:
        return ""
    if len(part):
        return fragment.text_of(tostring(part, "unicode"))
    text = part.text or ""
    return fragment.text_of(text) if "<" in text else unescape(text).strip()


def _link(item: Element) -> str | None:
    for link in item.iterfind("link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href") or text_within(link) or None
    return None


def _author(element: Element) -> str | None:
    names = [text_within(author.find("name")) or text_within(author) for author in element.iterfind("author")]
    names += [text_within(creator) for creator in element.iterfind("creator")]
    return ", ".join(filter(None, names)) or None
