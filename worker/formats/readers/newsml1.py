"""Read NewsML 1.2, the older XML message of news agencies: one article for each news item with a text.

The text is inline as NITF, XHTML, paragraphs or plain text. Alternative texts of an item, other than the first, and
what it refers to are not read.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from xml.etree.ElementTree import Element

from worker.article import Article, PublicationStatus
from worker.errors import QuarantineError
from worker.formats import dates, identity, safe_xml, status
from worker.formats.fields import language_code
from worker.formats.limits import Limits, Span
from worker.formats.readers import nitf
from worker.formats.readers.newsml import FRAME, plain_text
from worker.formats.stream import Record, Stream
from worker.formats.xml_text import element_line, paragraphs

_ITEM_TAGS = frozenset({"NewsItem"})


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each news item."""
    del span
    for root, item in safe_xml.iter_elements(stream, limits, _ITEM_TAGS):
        if item is not root:
            yield Record(0, partial(_article, item), safe_xml.element_size(item))


def _article(item: Element) -> Article:
    title = _line(item, "HeadLine") or _line(item, "Identification/NameLabel")
    notes = [element_line(note) for name in ("Instruction", "EditorialNote") for note in item.iter(name)]
    stated, until = _status(item, title, notes)
    text = _text(item)
    if not text and stated == PublicationStatus.WITHDRAWN:  # a kill notice names its item by the id alone
        text = next(filter(None, notes), None) or title or ""
    if not text:
        raise QuarantineError("The news item itself has no text (a picture, or a reference to a file elsewhere).")
    identifier = item.find("Identification/NewsIdentifier")
    parts = [_line(identifier, name) for name in ("ProviderId", "DateId", "NewsItemId")]
    external_id = ":".join(("urn:newsml", *filter(None, parts))) if parts[2] else None
    party = item.find(".//AdministrativeMetadata/Provider/Party")
    provider = party.get("FormalName") if party is not None else None
    language = item.find(".//DescriptiveMetadata/Language")
    return Article(
        text=text,
        title=title,
        external_id=external_id,
        source=_line(item, "CreditLine") or provider or parts[0],
        author=nitf.byline_names(item.find(".//NewsLines/ByLine")),
        language=language_code(language.get("FormalName") if language is not None else None),
        published_at=_created(item),
        provider=parts[0] or provider,
        version=identity.version(_line(identifier, "RevisionId")),
        dateline=nitf.separate_dateline(item.find(".//NewsLines/DateLine")),
        status=stated,
        embargoed_until=until,
    )


def _status(item: Element, title: str | None, notes: list[str]) -> tuple[PublicationStatus, datetime | None]:
    current = item.find("NewsManagement/Status")
    code = status.from_code(current.get("FormalName") if current is not None else None)
    stated = status.strictest(code, status.from_headline(title), *map(status.from_note, notes))
    until = status.embargo_end(_line(item, "NewsManagement/StatusWillChange/DateAndTime"))
    return stated, until if stated == PublicationStatus.WITHHELD else None


def _text(item: Element) -> str:
    for content in item.iter("DataContent"):
        text = nitf.body_text(content)
        if not text and len(content):
            text = "\n\n".join(paragraphs(content, FRAME))
        if text := text or plain_text(content.text or "", ""):
            return text
    return ""


def _created(item: Element) -> datetime | None:
    names = ("NewsManagement/FirstCreated", "NewsManagement/ThisRevisionCreated")
    return next((when for name in names if (when := dates.parse(_line(item, name)))), None)


def _line(element: Element | None, path: str) -> str | None:
    """Return the text of the child at ``path``, or of the news line with this name."""
    if element is None:
        return None
    return element_line(element.find(path)) or element_line(element.find(f".//NewsLines/{path}")) or None
