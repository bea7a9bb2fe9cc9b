"""Parse XML safely: entity definitions are refused, and no other file or URL is ever read.

Small documents are decoded first, so that a wrong encoding, a stray control character or an HTML entity
does not lose the article. Namespaces are removed from tag names, because agencies use different ones.
"""

import io
import itertools
import re
from collections.abc import Iterator
from html.entities import html5
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from worker.errors import QuarantineError
from worker.formats import notes, xml_repair
from worker.formats.decode import decode
from worker.formats.html_fragment import MAX_TAGS
from worker.formats.limits import Limits
from worker.formats.stream import Stream

#: the attribute xml:lang
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTITIES_REFUSED = "The XML defines its own entities or refers to other files; both are refused: send it without a DTD."
_DECLARATION = re.compile(r"\A\s{0,200}<\?xml\s[^>]{0,300}\?>")
_DECLARED_ENCODING = re.compile(rb"""encoding\s{0,9}=\s{0,9}["']([\w:.-]{2,40})""")
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML_ENTITIES = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse(data: bytes) -> Element:
    """Return the root element of a document; slips in its XML are repaired with a note."""
    (root, _), *_ = _iter_repaired(_text(data), frozenset())
    return root


def iter_elements(stream: Stream, limits: Limits, names: frozenset[str]) -> Iterator[tuple[Element, Element]]:
    """Yield (root as parsed so far, element) for each complete element in ``names``, and the root itself last.

    Raise QuarantineError if the XML is broken beyond repair or a single element is larger than an article may be.
    """
    limit = limits.max_article_bytes
    stream.first_bytes += stream.file.read(max(limit + 1 - len(stream.first_bytes), 0))
    if len(stream.first_bytes) <= limit:
        yield from _iter_repaired(_text(stream.first_bytes), names)
    else:
        yield from _iterparse(_ElementSizeLimiter(stream.open_at(), limit), names)


def _iter_repaired(text: str, names: frozenset[str]) -> Iterator[tuple[Element, Element]]:
    """Yield what ``_iterparse`` does; where the XML is broken, go on in the repaired text if that is not."""
    count = 0
    try:
        for pair in _iterparse(io.BytesIO(text.encode()), names):
            count += 1
            yield pair
    except QuarantineError:
        repaired = _repaired(text)
        if repaired is None or not _is_sound(repaired):
            raise
        notes.add("The XML is broken. It was repaired: compare the text with the original.")
        yield from itertools.islice(_iterparse(io.BytesIO(repaired), names), count, None)


def _repaired(text: str) -> bytes | None:
    """Return XML whose slips are repaired; None if there are none, or far too many tags to look at."""
    if "<!ENTITY" in text or text.count("<") > MAX_TAGS:
        return None
    repaired = xml_repair.declare(xml_repair.repair(xml_repair.valid_references(text)))
    return repaired.encode() if repaired != text else None


def _is_sound(data: bytes) -> bool:
    try:
        for _ in _iterparse(io.BytesIO(data), frozenset()):
            pass
    except QuarantineError:
        return False
    return True


def element_text(element: Element | None) -> str:
    """Return all text in ``element`` as one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def element_size(element: Element) -> int:
    """Return the number of characters of text in ``element``: about its size without tags."""
    return sum(map(len, element.itertext()))


class _ElementSizeLimiter:
    """A file reader that raises QuarantineError if one element takes more than ``limit`` bytes."""

    def __init__(self, file: BinaryIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self.bytes_read = 0

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self.bytes_read += len(data)
        if self.bytes_read > self._limit:
            raise QuarantineError(f"One item of the XML is longer than an article may be ({self._limit:,} bytes).")
        return data


def _iterparse(source: io.BytesIO | _ElementSizeLimiter, names: frozenset[str]) -> Iterator[tuple[Element, Element]]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    path: list[Element] = []
    try:
        # A DOCTYPE alone is harmless (it is never fetched), and most agencies' NITF has one; entities are refused.
        for event, element in iterparse(source, events=("start", "end"), forbid_dtd=False):
            if event == "start":
                element.tag = element.tag.rpartition("}")[2]
                path.append(element)
                continue
            path.pop()
            if element.tag in names and path:
                yield path[0], element
                path[-1].remove(element)
                if isinstance(source, _ElementSizeLimiter):
                    source.bytes_read = 0
        yield element, element
    except ParseError as error:
        line, column = error.position
        raise QuarantineError(
            f"The XML is broken in line {line}, column {column}: export or download it again."
        ) from error
    except DefusedXmlException as error:
        raise QuarantineError(ENTITIES_REFUSED) from error


def sanitise(text: str) -> str:
    """Return XML without its declaration and without characters that XML forbids, with HTML entities decoded."""
    text = _FORBIDDEN.sub("", _DECLARATION.sub("", text, count=1)).lstrip()
    if "<!ENTITY" not in text:
        text = _ENTITY.sub(lambda name: name[0] if name[1] in _XML_ENTITIES else html5.get(name[1], name[0]), text)
    return text


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the XML declaration at the beginning of ``data`` names, if it names one."""
    declared = _DECLARED_ENCODING.search(data, 0, 400)
    return declared.group(1).decode("ascii", "replace") if declared else None


def _text(data: bytes) -> str:
    return sanitise(decode(data, declared_encoding(data)).text)
