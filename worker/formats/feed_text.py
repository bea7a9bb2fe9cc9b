"""Convert a value of a feed (plain text, HTML, or either of them in a CDATA mark that was escaped) to visible text."""

import re
from collections.abc import Iterable
from html import unescape

from worker.formats.decode import repair
from worker.formats.html_fragment import html_to_text

#: Escaped marks are taken for marks only around the whole value: in an article on XML they are the author's words.
_ESCAPED_CDATA = re.compile(r"\s*&lt;!\[CDATA\[(.*?)(?:\]\]&gt;|\]\]>)?\s*\Z", re.DOTALL)
_BLOCK = re.compile(r"<(?:p|br|div|li|h[1-6]|td|tr|blockquote|section|article)\b", re.IGNORECASE)
#: A link of a few words at the end; the words of a long one are a sentence.
_LAST_LINK = re.compile(
    r"""<a\s[^<>]{0,300}?href\s{0,9}=\s{0,9}["']([^"'<>]{1,2000})["'][^<>]{0,300}>[^<>]{1,40}</a>(?:\s|</?(?:p|div|br)\s?/?>){0,9}\Z"""
)
#: What Drupal writes in front of an item's text begins with a span, and names the author or the time.
_MARGIN, _HEAD_MARKS = 100, ("schema:Person", "field--name-uid", "field--name-created", "<time ")
_SENTENCE_ENDS = (">", ".", "!", "?", "…", "”", "“", "»", '"', "]", "。", "！", "？", "」")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def visible_text(value: object) -> str:
    """Return the visible text of ``value``; "" if it is no string."""
    if not isinstance(value, str):
        return ""
    text = repair(_without_cdata_marks(value))
    if "<" not in text:
        return unescape(text).strip()
    if "<span" in text[:_MARGIN]:
        text = _without_head(text)
    if not _BLOCK.search(text):  # blank lines separate the paragraphs
        text = _BLANK_LINE.sub("<p>", text)
    return html_to_text(text.replace("<br></br>", "<br>"))  # as feedparser writes the br of XHTML


def _without_head(html: str) -> str:
    """Return the text of Drupal without the title, author and time that it writes in front of the text's own block."""
    block = _BLOCK.search(html)
    head = html[: block.start()] if block else ""
    is_head = head.lstrip().startswith("<span") and any(mark in head for mark in _HEAD_MARKS)
    return html[len(head) :] if is_head and html_to_text(html[len(head) :]) else html


def without_own_link(html: object, url: str | None) -> object:
    """Return the HTML of an item without a link to the item itself at its end, such as "Continue reading".

    It is kept where it continues a sentence: then it is a word of the author.
    """
    if not url or not isinstance(html, str) or not html.rstrip().endswith(">"):
        return html
    link = _LAST_LINK.search(html)
    if link is None:
        return html
    before = html[: link.start()].rstrip()
    is_own = unescape(link[1]).rstrip("/") == url.rstrip("/")
    return before if is_own and before.endswith(_SENTENCE_ENDS) and visible_text(before) else html


def longest(values: Iterable[object]) -> str:
    """Return the longest visible text of ``values``; "" if none has any."""
    return max(map(visible_text, values), key=len, default="")


def one_line(value: object) -> str | None:
    """Return ``value`` as one line without CDATA marks; None if it is no string or empty."""
    return " ".join(repair(_without_cdata_marks(value)).split()) or None if isinstance(value, str) else None


def _without_cdata_marks(value: str) -> str:
    """Return ``value`` without marks that were escaped and so became text; a page would not show them."""
    if escaped := _ESCAPED_CDATA.match(value):
        return unescape(escaped[1])
    return value.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in value else value
