"""Read texts of word processors: .docx (Office Open XML) and .odt (OpenDocument), from the XML in their archives.

Paragraphs, headings, tables and text boxes are read; footnotes, comments, deleted and hidden text, headers and pictures
are not.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats import dates, safe_xml
from worker.formats.fields import language_code, line
from worker.formats.limits import DecompressionBombError, Limits

#: Elements whose text is not the text of the document: of Office Open XML, then of OpenDocument.
_SKIPPED = frozenset(
    "del instrText delText Fallback footnoteReference commentReference drawing pict sectPr pPr rPr"
    " tracked-changes annotation annotation-end note frame table-of-content sequence-decls".split()
)
#: Text and metadata in the archive.
_PARTS = (("word/document.xml", "docProps/core.xml"), ("content.xml", "meta.xml"))
_PARAGRAPHS = frozenset({"p", "h"})
_BOXES = frozenset({"txbxContent", "text-box"})
_PICTURES = frozenset({"blip", "imagedata", "image"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "line-break": "\n", "s": " ", "noBreakHyphen": "-"}


def article(data: bytes, limits: Limits) -> Article:
    """Return the article of a document; raise QuarantineError if it is damaged, protected or has no text."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            content, meta = next((pair for pair in _PARTS if pair[0] in names), ("", ""))
            if not content:
                raise QuarantineError("It is an office document without a text: save it as PDF, HTML or plain text.")
            root = safe_xml.parse(_member(archive, content, limits))
            about = safe_xml.parse(_member(archive, meta, limits)) if meta in names else Element("none")
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise QuarantineError("The document is damaged or has a password: save it again without one.") from error
    parts = list(_paragraphs(root))
    return Article(
        text="\n\n".join(text for _, text in parts),
        title=next((text for style, text in parts if style == "title"), None) or _field(about, "title"),
        author=_field(about, "creator") or _field(about, "initial-creator"),
        language=language_code(_field(about, "language")),
        published_at=dates.parse(_field(about, "created") or _field(about, "creation-date")),
    )


def _member(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """Return a file of the archive; raise DecompressionBombError if it unpacks to more than an article may have."""
    size = archive.getinfo(name).file_size
    if size > limits.max_article_bytes:
        raise DecompressionBombError(f"Its {name} unpacks to over {limits.max_article_bytes:,} bytes: it is refused.")
    with archive.open(name) as member:
        return member.read(limits.max_article_bytes)


def _field(about: Element, name: str) -> str | None:
    return next((value for element in about.iter(name) if (value := line(element.text))), None)


def _paragraphs(root: Element) -> Iterator[tuple[str, str]]:
    """Yield (style, text) of each paragraph, heading and row, without recursion into nested tables."""
    body = next((element for name in ("body", "text") for element in root.iter(name)), root)
    stack = [body]
    while stack:
        element = stack.pop()
        if element.tag in _SKIPPED:
            continue
        if element.tag in {"tr", "table-row"}:
            cells = (" ".join(_text(cell).split()) for cell in element if cell.tag in {"tc", "table-cell"})
            if row := "\t".join(filter(None, cells)):
                yield "", row
        elif element.tag in _PARAGRAPHS:
            if text := _text(element).strip():
                yield _style(element), text
            stack.extend(reversed(_boxes(element)))
        else:
            stack.extend(reversed(element))


def _boxes(paragraph: Element) -> list[Element]:
    """Return the text boxes that are drawn at a paragraph, each once: Word writes them for old programs again.

    A box around a picture has its caption, which is no paragraph of the text.
    """
    boxes: list[Element] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _BOXES:
            boxes += [] if any(picture.tag in _PICTURES for picture in element.iter()) else [element]
        elif element.tag != "Fallback":
            stack.extend(reversed(element))
    return boxes


def _is_hidden(element: Element) -> bool:
    """Return whether a run of Office Open XML is neither shown nor printed."""
    mark = element.find("rPr/vanish") if element.tag == "r" else None
    return mark is not None and not {"0", "false", "off"} & set(mark.attrib.values())


def _style(paragraph: Element) -> str:
    """Return the style of a paragraph in lower case."""
    values = [value for name, value in paragraph.attrib.items() if name.endswith("style-name")]
    for style in paragraph.iterfind("pPr/pStyle"):
        values += [value for name, value in style.attrib.items() if name.endswith("val")]
    return values[0].lower() if values else ""


def _text(element: Element) -> str:
    """Return the text of a paragraph or cell. In Office Open XML only ``t`` has text; the rest is layout."""
    pieces: list[str] = []
    stack: list[Element | str] = [element]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
        elif item.tag not in _SKIPPED and not _is_hidden(item):
            pieces.append(_BREAKS.get(item.tag, "\n" if item.tag in _PARAGRAPHS and item is not element else ""))
            pieces.append(item.text or "")
            for child in reversed(item):
                stack.append(child.tail or "")
                stack.append(child)
    return "".join(pieces)
