"""Put a text together that an editor keeps as blocks.

ProseMirror, Editor.js, Draft.js, Slate, Lexical, Quill, Contentful and Sanity do. Blocks are objects with their words
under a usual key; words within one block are runs that are not separated. An object with a headline of its own is an
article, and no block.
"""

from collections.abc import Iterator, Mapping

from worker.formats.html_fragment import html_to_text

#: Keys of an object that hold its words or its blocks, the best first.
_KEYS = (
    "processed",
    "html",
    "rendered",
    "text",
    "value",
    "content",
    "paragraphs",
    "children",
    "blocks",
    "data",
    "items",
    "root",
    "ops",
    "insert",
)
#: Types of objects that are runs of words within a paragraph.
_RUNS = frozenset(("text", "span", "link", "hyperlink", "mark", "mention", "emphasis", "strong", "a"))
#: Types of objects without words of the author.
_NO_TEXT = frozenset(
    "image picture photo gallery video audio embed tweet iframe advert advertisement ad related caption code"
    " interstitial_link".split()
)
_NO_ARTICLE = frozenset(("title", "headline"))
#: Editors nest lists in lists; deeper is no text.
_MAX_DEPTH = 20


def text_of_blocks(value: object) -> str | None:
    """Return the text of a list of blocks, or of an object that holds blocks; None if ``value`` is neither."""
    text = _text(value, 0) if isinstance(value, list | dict) else ""
    return text if text.strip() else None


def _text(value: object, depth: int) -> str:
    if isinstance(value, str):
        return html_to_text(value) if "</" in value else value
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(value, list):
        return "".join(_joined(value, depth))
    if isinstance(value, dict) and _NO_ARTICLE.isdisjoint(value) and _type(value) not in _NO_TEXT:
        return next(filter(None, (_text(value.get(key), depth + 1) for key in _KEYS)), "")
    return ""


def _joined(blocks: list[object], depth: int) -> Iterator[str]:
    """Yield the texts of ``blocks`` with a blank line between two, but nothing between runs."""
    after_run: bool | None = None
    for block in blocks:
        is_run = _is_run(block, depth)
        if text := _text(block, depth + 1):
            yield text if after_run is None or (is_run and after_run) else f"\n\n{text}"
            after_run = is_run


def _is_run(block: object, depth: int) -> bool:
    """Return whether ``block`` is part of a paragraph; in a paragraph Slate gives its runs no type, Quill never."""
    if not isinstance(block, dict) or _type(block):
        return isinstance(block, dict) and _type(block) in _RUNS
    return "insert" in block or (depth > 0 and "text" in block)


def _type(block: Mapping[str, object]) -> str:
    kind = block.get("type") or block.get("_type") or block.get("nodeType")
    return kind.lower() if isinstance(kind, str) else ""
