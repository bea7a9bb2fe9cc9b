"""Read NITF, the older XML format of news agencies, as one article.

Captions and media are dropped. A dateline in a separate element is prepended to the text, where cleaning
finds it as in any other copy of the dispatch.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, identity, safe_xml
from worker.formats.fields import language_code
from worker.formats.limits import Limits
from worker.formats.safe_xml import element_text

_PARAGRAPHS = frozenset({"p", "hl2", "li", "dt", "dd", "pre", "tr"})
_SKIPPED = frozenset({"media", "nitf-table-metadata", "body.head", "body.end"})
_BY = re.compile(r"^by\s+", re.IGNORECASE)


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a NITF document."""
    del limits
    return from_element(safe_xml.parse(data))


def from_element(nitf: Element) -> Article:
    """Return the article in a ``nitf`` element whose tag names have no namespaces."""
    content = nitf.find(".//body.content")
    text = "\n\n".join(paragraphs(content)) if content is not None else ""
    if not text:
        raise QuarantineError("The NITF document has no text in its body.content.")
    external_id = _attribute(nitf, ".//docdata/doc-id", "id-string")
    return Article(
        text=prepend_dateline(element_text(nitf.find(".//body.head/dateline")), text),
        title=element_text(nitf.find(".//hedline/hl1")) or element_text(nitf.find("head/title")) or None,
        external_id=external_id,
        source=element_text(nitf.find(".//body.head/distributor"))
        or _attribute(nitf, ".//docdata/doc.copyright", "holder")
        or _attribute(nitf, "head/pubdata", "name"),
        author=strip_by(element_text(nitf.find(".//body.head/byline"))) or None,
        language=language_code(nitf.get(safe_xml.LANG)),
        published_at=dates.parse(
            _attribute(nitf, ".//docdata/date.issue", "norm")
            or _attribute(nitf, ".//docdata/date.release", "norm")
            or _attribute(nitf, "head/pubdata", "date.publication")
            or _attribute(nitf, ".//dateline/story.date", "norm")
        ),
        provider=identity.authority(external_id)
        or _attribute(nitf, ".//docdata/doc-id", "regsrc")
        or element_text(nitf.find(".//body.head/distributor"))
        or _attribute(nitf, ".//docdata/doc.copyright", "holder"),
        version=_version(nitf),
    )


def _version(nitf: Element) -> int | None:
    """Return the version of the document's use of its key, else how often the key was used, else the last revision."""
    for name in ("version", "generation"):
        if (number := identity.version(_attribute(nitf, ".//docdata/du-key", name))) is not None:
            return number
    revisions = [identity.instant(entry.get("norm")) for entry in nitf.iterfind("head/revision-history")]
    return max(filter(None, revisions), default=None)


def paragraphs(content: Element) -> Iterator[str]:
    """Yield the text of each paragraph below ``content`` in reading order, without recursion."""
    stack = [content]
    while stack:
        element = stack.pop()
        if element.tag in _PARAGRAPHS or (not len(element) and element.tag not in _SKIPPED):
            if text := element_text(element):
                yield text
        elif element.tag not in _SKIPPED:
            if element.text and element.text.strip():
                yield " ".join(element.text.split())
            stack.extend(reversed(element))


def prepend_dateline(dateline: str, text: str) -> str:
    """Return ``text`` with the dateline prepended, unless it already begins with it."""
    if not dateline or text.lower().startswith(dateline.lower()):
        return text
    return f"{dateline.rstrip(' -–—_:')} - {text}"


def strip_by(byline: str) -> str:
    """Return a byline without the word "by"."""
    return _BY.sub("", byline)


def _attribute(nitf: Element, path: str, name: str) -> str | None:
    element = nitf.find(path)
    return (element.get(name) or None) if element is not None else None
