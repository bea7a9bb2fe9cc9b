"""Put prose that is in no paragraph into one: trafilatura drops bare text next to blocks, often the lead.

Old systems write `<h1>…</h1>The harbour … <p>…`, and link a whole paragraph. Only full sentences outside links are
taken for prose, so that menus and footers stay what they are.
"""

from typing import Any

from worker.formats.page.tree import BLOCK_NAMES, has_blocks, is_named_as_frame, new_paragraph, words_of
from worker.language.sentences import holds_prose, is_prose

#: Elements whose bare text may be a paragraph. Footers, menus and forms are left alone.
_HOLDERS = ("body", "main", "article", "section", "div", "center", "font", "blockquote")
#: Elements without visible text, which end a run of words.
_NO_WORDS = frozenset("script style noscript template iframe select button textarea svg video audio object".split())


def wrap_bare_prose(tree: Any) -> None:
    """Wrap each run of bare words that holds a sentence, and is next to a block, in a paragraph."""
    for holder in list(tree.iter(*_HOLDERS)):
        children = list(holder)
        ends_run = [_ends_run(child) for child in children]
        # of a section without a paragraph trafilatura drops all words
        if any(ends_run) or (holder.tag == "section" and not is_named_as_frame(holder)):
            _wrap_runs(holder, children, ends_run)


def unlink_paragraphs(tree: Any) -> None:
    """Remove the link around a whole paragraph of prose that is next to another without a link."""
    for paragraph in list(tree.iter("p")):
        link = _only_link(paragraph)
        if link is None or not is_prose(words_of(link)):
            continue
        if any(_is_plain_prose(other) for other in (paragraph.getprevious(), paragraph.getnext())):
            link.drop_tag()


def _wrap_runs(holder: Any, children: list[Any], ends_run: list[bool]) -> None:
    before, run = None, []
    for child, is_end in zip((*children, None), (*ends_run, True), strict=True):
        if not is_end:
            run.append(child)
            continue
        text = (holder.text if before is None else before.tail) or ""
        if holds_prose(" ".join((text + "".join(map(_own_words, run))).split())):
            _wrap(holder, before, text, run)
        before, run = child, []


def _wrap(holder: Any, before: Any, text: str, run: list[Any]) -> None:
    paragraph = new_paragraph(text)
    if before is None:
        holder.text = None
        holder.insert(0, paragraph)
    else:
        before.tail = None
        before.addnext(paragraph)
    for child in run:
        paragraph.append(child)


def _own_words(child: Any) -> str:
    """Return the words of an inline element and behind it; those of a link are no prose."""
    if child.tag == "br":
        return f" {child.tail or ''}"
    return ("" if child.tag == "a" else str(child.text_content())) + (child.tail or "")


def _ends_run(child: Any) -> bool:
    return child.tag in BLOCK_NAMES or child.tag in _NO_WORDS or has_blocks(child)


def _only_link(paragraph: Any) -> Any:
    """Return the link that holds all words of ``paragraph``, or None."""
    if len(paragraph) != 1 or paragraph[0].tag != "a":
        return None
    return None if (paragraph.text or "").strip() or (paragraph[0].tail or "").strip() else paragraph[0]


def _is_plain_prose(element: Any) -> bool:
    return element is not None and element.tag == "p" and _only_link(element) is None and holds_prose(words_of(element))
