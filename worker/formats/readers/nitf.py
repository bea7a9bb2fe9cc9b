"""Read NITF, the older XML format of news agencies, as one article.

Captions, media and editors' notes are no text. A note may have a body like that of the article, which is not read.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from worker.article import Article, PublicationStatus
from worker.errors import QuarantineError
from worker.formats import dates, identity, safe_xml, status
from worker.formats.fields import language_code
from worker.formats.limits import Limits
from worker.formats.xml_text import element_line, paragraphs

#: Notes are in the head, or in the text for its editors.
_SKIPPED = frozenset({"media", "nitf-table-metadata", "body.head", "body.end", "note"})
_BY = re.compile(r"^by\s+", re.IGNORECASE)
#: Signs of the staff (``gr/bp``) in place of a name.
_STAFF_SIGNS = re.compile(r"[^\W\d_A-Z]{1,4}(?:[/-][^\W\d_A-Z]{1,4})+")
#: ``20310409T073000+0000`` or ``2031-04-09 07:30:00 GMT`` in place of a dateline.
_MACHINE_TIME = re.compile(r"[\d\s:.,TZ+-]*(?:(?:GMT|UTC)[\d:+-]*)?")


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a NITF document."""
    del limits
    return from_element(safe_xml.parse(data))


def from_element(nitf: Element) -> Article:
    """Return the article in a ``nitf`` element whose tag names have no namespaces."""
    head = nitf.find("body/body.head")
    head = Element("body.head") if head is None else head
    title = element_line(head.find("hedline/hl1")) or element_line(nitf.find("head/title")) or None
    issued = _issued(nitf)
    stated, until = _status(nitf, head, title, issued)
    text = body_text(nitf)
    if not text and stated == PublicationStatus.WITHDRAWN:  # a kill notice names its article by the id alone
        text = _attribute(nitf, ".//docdata/ed-msg", "info") or title or ""
    if not text:
        raise QuarantineError("The NITF document has no text in its body.content.")
    external_id = _attribute(nitf, ".//docdata/doc-id", "id-string")
    distributor = element_line(head.find("distributor"))
    holder = _attribute(nitf, ".//docdata/doc.copyright", "holder")
    return Article(
        text=text,
        title=title,
        external_id=external_id,
        source=distributor or holder or _attribute(nitf, "head/pubdata", "name"),
        author=byline_names(head.find("byline")),
        language=language_code(nitf.get(safe_xml.LANG) or nitf.get("baselang")),
        published_at=issued or dates.parse(_attribute(head, "dateline/story.date", "norm")),
        provider=identity.authority(external_id)
        or _attribute(nitf, ".//docdata/doc-id", "regsrc")
        or distributor
        or holder,
        version=_version(nitf),
        dateline=separate_dateline(head.find("dateline")),
        status=stated,
        embargoed_until=until,
    )


def body_text(nitf: Element) -> str:
    """Return the text of the article's body, which may be in several elements."""
    stack = [nitf]
    texts: list[str] = []
    while stack:
        element = stack.pop()
        if element.tag == "body.content":
            texts += paragraphs(element, _SKIPPED)
        elif element.tag not in _SKIPPED:
            stack.extend(reversed(element))
    return "\n\n".join(texts)


def byline_names(byline: Element | None) -> str | None:
    """Return the names in a byline without "by", and after a comma each title that has an element to itself."""
    if byline is None:
        return None
    titles = [title for title in map(element_line, byline.iter("byttl")) if title]
    names = " ".join(paragraphs(byline, frozenset({"byttl"}))).strip(" ,;")
    names = ", ".join([strip_by(names), *titles] if names else titles)
    return None if _STAFF_SIGNS.fullmatch(names) else names or None


def separate_dateline(dateline: Element | None) -> str | None:
    """Return a dateline without the dash at its end; None for none and for a machine's time."""
    line = element_line(dateline).rstrip(" -–—_:")
    return None if _MACHINE_TIME.fullmatch(line) else line


def strip_by(byline: str) -> str:
    """Return a byline without the word "by"."""
    return _BY.sub("", byline)


def _issued(nitf: Element) -> datetime | None:
    places = (
        (".//docdata/date.issue", "norm"),
        (".//docdata/date.release", "norm"),
        ("head/pubdata", "date.publication"),
    )
    return next((when for place in places if (when := dates.parse(_attribute(nitf, *place)))), None)


def _status(
    nitf: Element, head: Element, title: str | None, issued: datetime | None
) -> tuple[PublicationStatus, datetime | None]:
    """Return the status, and the end of an embargo: the time of release, or from which there are rights."""
    ends = (
        status.embargo_end(_attribute(nitf, ".//docdata/date.release", "norm"), issued),
        status.embargo_end(_attribute(nitf, ".//docdata/doc.rights", "startdate"), issued),
    )
    until = max(filter(None, ends), default=None)
    stated = status.strictest(
        status.from_code(_attribute(nitf, ".//docdata", "management-status")),
        status.from_headline(title),
        *map(status.from_note, _notes(nitf, head)),
        embargo=until,
    )
    return stated, until if stated == PublicationStatus.WITHHELD else None


def _notes(nitf: Element, head: Element) -> Iterator[str | None]:
    """Yield the notes for editors: messages, notes in the head, and the comment on the last revision."""
    for message in nitf.iterfind(".//docdata/ed-msg"):
        yield message.get("info")
    yield from map(element_line, head.iterfind("note"))
    revisions = nitf.findall("head/revision-history")
    if revisions:
        last = max(revisions, key=lambda entry: identity.instant(entry.get("norm")) or 0)
        yield last.get("comment")


def _version(nitf: Element) -> int | None:
    """Return the version of the document's use of its key, else how often the key was used, else the last revision."""
    for name in ("version", "generation"):
        if (number := identity.version(_attribute(nitf, ".//docdata/du-key", name))) is not None:
            return number
    revisions = [identity.instant(entry.get("norm")) for entry in nitf.iterfind("head/revision-history")]
    return max(filter(None, revisions), default=None)


def _attribute(nitf: Element, path: str, name: str) -> str | None:
    element = nitf.find(path)
    return (element.get(name) or None) if element is not None else None
