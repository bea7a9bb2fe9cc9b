"""The text in elements of XML: one line, or the paragraphs of a body in NITF or XHTML.

Elements are walked without recursion, so that nested documents have no depth limit.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

#: Elements whose neighbours are other words: cells, lines, and the parts of a byline or a dateline.
_SEPARATED = frozenset("br byttl city country hl1 hl2 li p region state story.date td th tr virtloc".split())
#: Elements that are paragraphs, or contain some.
_BLOCKS = _SEPARATED | frozenset(
    "address article aside block blockquote body bq center dd details div dl dt fn h1 h2 h3 h4 h5 h6 hr html main"
    " nitf-table note ol pre section summary table tbody tfoot thead ul".split()
)
#: Elements that continue a paragraph, although their neighbours are other words.
_WITHIN = frozenset("br byttl city country region state story.date td th virtloc".split())
_LINE_BREAK = "\n"


def element_line(element: Element | None) -> str:
    """Return all text in ``element`` as one line, with blanks between the words of different parts."""
    if element is None:
        return ""
    return " ".join("".join(_pieces(element, frozenset())).replace("\x00", " ").split())


def paragraphs(content: Element, skipped: frozenset[str]) -> Iterator[str]:
    """Yield the paragraphs in ``content`` in reading order, without the elements in ``skipped``.

    ``br`` and the lines of ``pre`` stay line ends.
    """
    for paragraph in "".join(_pieces(content, skipped)).split("\x00"):
        lines = (" ".join(line.split()) for line in paragraph.split(_LINE_BREAK))
        if text := _LINE_BREAK.join(filter(None, lines)):
            yield text


def _pieces(element: Element, skipped: frozenset[str]) -> Iterator[str]:
    """Yield the text in pieces: NUL, which XML forbids, between paragraphs, and line ends only for ``br``."""
    stack: list[Element | str] = [element]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        after = "" if item is element else _flat(item.tail)
        if item.tag in skipped:
            stack.append("\x00" + after)
            continue
        edge = _edge(item.tag)
        stack.append(edge + after)
        yield (_LINE_BREAK if item.tag == "br" else edge) + (
            (item.text or "") if item.tag == "pre" else _flat(item.text)
        )
        stack.extend(reversed(item))


def _edge(tag: str) -> str:
    """Return what separates an element from its neighbours."""
    if tag in _WITHIN:
        return " "
    return "\x00" if tag in _BLOCKS else ""


def _flat(text: str | None) -> str:
    """Return text without line ends: those of the markup mean nothing."""
    return text.replace("\n", " ").replace("\r", " ") if text else ""
