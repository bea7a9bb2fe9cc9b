"""Convert a value of a feed (plain text, HTML, or either of them in a CDATA mark that was escaped) to visible text."""

import re
from collections.abc import Iterable
from html import unescape

from worker.formats.html_fragment import html_to_text

#: Escaped marks are taken for marks only around the whole value: in an article on XML they are the author's words.
_ESCAPED_CDATA = re.compile(r"\s*&lt;!\[CDATA\[(.*?)(?:\]\]&gt;|\]\]>)?\s*\Z", re.DOTALL)
_BLOCK = re.compile(r"<(?:p|br|div|li|h[1-6]|td|tr|blockquote|section|article)\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")


def visible_text(value: object) -> str:
    """Return the visible text of ``value``; "" if it is no string."""
    if not isinstance(value, str):
        return ""
    text = _without_cdata_marks(value)
    if "<" not in text:
        return unescape(text).strip()
    if not _BLOCK.search(text):  # blank lines separate the paragraphs
        text = _BLANK_LINE.sub("<p>", text)
    return html_to_text(text.replace("<br></br>", "<br>"))  # as feedparser writes the br of XHTML


def longest(values: Iterable[object]) -> str:
    """Return the longest visible text of ``values``; "" if none has any."""
    return max(map(visible_text, values), key=len, default="")


def one_line(value: object) -> str | None:
    """Return ``value`` as one line without CDATA marks; None if it is no string or empty."""
    return " ".join(_without_cdata_marks(value).split()) or None if isinstance(value, str) else None


def _without_cdata_marks(value: str) -> str:
    """Return ``value`` without marks that were escaped and so became text; a page would not show them."""
    if escaped := _ESCAPED_CDATA.match(value):
        return unescape(escaped[1])
    return value.replace("<![CDATA[", "").replace("]]>", "") if "<![CDATA[" in value else value
