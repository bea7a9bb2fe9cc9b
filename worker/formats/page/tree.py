"""Parse a web page to a tree in which no text is lost: too deep a page is refused, layout tables become blocks."""

import re
from typing import Any

from worker.errors import QuarantineError

#: libxml2 drops all text from the 2,048th open element on and reports it; real pages reach 60.
MAX_DEPTH = 2_048
_TOO_DEEP = "Excessive depth"
_PREFIXED = re.compile(r"<([\w-]{1,20}):html\b", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s{0,200}<\?xml\s[^>]{0,300}\?>")
_SECTIONS = re.compile(r"<!\[CDATA\[|\]\]>|<(?:script|style)\b|</(?:script|style)\b", re.IGNORECASE)
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
#: A cell with one of these is no value of a table: trafilatura would merge its paragraphs and drop its lists.
_BLOCKS = (
    "address article aside blockquote center dd div dl dt fieldset figure form h1 h2 h3 h4 h5 h6 hr li main ol p pre"
    " section table ul"
)
BLOCK_NAMES = frozenset(_BLOCKS.split())
_BLOCK_IN_CELL = f".//td[{' or '.join(f'.//{name}' for name in _BLOCKS.split())}]"
#: Names of a block of prose that is not the article. Letters around them are of longer names: `figcaption`, `adslot`.
_FRAME_NAMES = re.compile(
    r"cookie|consent|gdpr|comment|caption|credit|newsletter|subscri|footer|author|byline|bio\b|promo|sponsor"
    r"|related|share|social|copyright|disclaimer|breadcrumb|\bads?\b|nav|menu|hidden",
    re.IGNORECASE,
)
#: Rows and cells that become blocks in one page: trafilatura takes 0.4 s for 1,000 blocks, and four times that for
#: twice as many. Layouts have a few hundred.
_MAX_CELLS = 1_000
#: A longer text for browsers without scripts is the article.
_LONGEST_NOTICE = 200
_CELLS = ("td", "th", "caption")
_TABLE_PARTS = ("thead", "tbody", "tfoot", "tr", *_CELLS)


def without_prefix(markup: str) -> str:
    """Return XHTML whose elements have a prefix (``<h:html>``) without it: an HTML parser would not know them."""
    root = _PREFIXED.search(markup, 0, 2_000)
    return re.sub(rf"<(/?){re.escape(root[1])}:", r"<\1", markup) if root else markup


def parse_page(markup: str) -> Any:
    """Return the root element of a page; raise QuarantineError if the parser would drop its innermost text."""
    from lxml.html import HTMLParser, document_fromstring
    from trafilatura.utils import repair_faulty_html

    markup = _DECLARATION.sub("", markup, count=1)
    if "<![CDATA[" in markup:
        markup = _escape_cdata(markup)
    markup = repair_faulty_html(markup, markup[:50].lower())
    parser = HTMLParser(
        collect_ids=False,
        default_doctype=False,
        encoding="utf-8",
        huge_tree=True,  # eight times as deep
        remove_comments=True,
        remove_pis=True,
    )
    tree = document_fromstring(markup.encode("utf-8", "replace"), parser=parser, ensure_head_body=False)
    if any(_TOO_DEEP in entry.message for entry in parser.error_log):
        raise QuarantineError(
            f"The page is nested more than {MAX_DEPTH:,} elements deep, so its text can't be extracted:"
            " send the text alone."
        )
    return tree


def unwrap_layout_tables(tree: Any) -> None:
    """Turn tables into blocks whose cells hold paragraphs, lists or tables; tables of values stay."""
    cells_left = _MAX_CELLS
    for table in list(tree.iter("table")):
        parts = [part for part in table.iterdescendants(*_TABLE_PARTS) if next(part.iterancestors("table")) is table]
        one_column = all(len(part) <= 1 for part in parts if part.tag == "tr")
        if len(parts) <= cells_left and (one_column or table.xpath(_BLOCK_IN_CELL)):  # also a table around a table
            cells_left -= len(parts)
            table.tag = "div"
            for part in parts:
                if part.tag in _CELLS:
                    _wrap_bare_text(part)
            for part in parts:
                part.tag = "div"


def drop_script_notices(tree: Any) -> None:
    """Remove the sentences that ask for JavaScript: a page built by its scripts has no other text."""
    for notice in list(tree.iter("noscript")):
        words = words_of(notice)
        if len(words) <= _LONGEST_NOTICE and "javascript" in words.lower():
            notice.drop_tree()


def join_heading_lines(tree: Any) -> None:
    """Replace the line breaks in headings by blanks, so that a headline stays one line."""
    for heading in tree.iter("h1", "h2", "h3"):
        for line_break in list(heading.iter("br")):
            line_break.tail = f" {line_break.tail or ''}"
            line_break.drop_tag()


def has_blocks(element: Any) -> bool:
    """Return whether there is a block within ``element``."""
    return next(element.iterdescendants(*BLOCK_NAMES), None) is not None


def is_named_as_frame(element: Any) -> bool:
    """Return whether the class or id of ``element`` says that it is not part of the article."""
    return _FRAME_NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}") is not None


def words_of(element: Any) -> str:
    """Return the visible words of ``element``, with one blank between two."""
    return " ".join(element.text_content().split())


def _wrap_bare_text(cell: Any) -> None:
    """Put the words of a cell that are in no block of it into paragraphs: trafilatura drops short bare text."""
    children = list(cell)
    paragraph, cell.text = new_paragraph(cell.text), None
    cell[:] = []
    for child in (*children, None):
        if child is not None and child.tag not in BLOCK_NAMES:
            paragraph.append(child)
            continue
        if len(paragraph) or (paragraph.text or "").strip():
            cell.append(paragraph)
        if child is not None:
            paragraph, child.tail = new_paragraph(child.tail), None
            cell.append(child)


def new_paragraph(text: str | None) -> Any:
    """Return a paragraph that begins with ``text``."""
    from lxml.html import Element

    paragraph = Element("p")
    paragraph.text = text
    return paragraph


def _escape_cdata(markup: str) -> str:
    """Return XHTML with its CDATA as text, which an HTML parser takes for a comment; scripts keep theirs."""
    pieces: list[str] = []
    position, section, in_script = 0, -1, False
    for mark in _SECTIONS.finditer(markup):
        sign = mark[0].lower()
        if sign == "]]>":
            if section >= 0:
                pieces += [markup[section : mark.start()].translate(_ESCAPES)]
                position, section = mark.end(), -1
        elif section >= 0:
            continue
        elif sign == "<![cdata[":
            if not in_script:
                pieces.append(markup[position : mark.start()])
                section = mark.end()
        else:
            in_script = not sign.startswith("</")
    return "".join(pieces) + (markup[section:].translate(_ESCAPES) if section >= 0 else markup[position:])
