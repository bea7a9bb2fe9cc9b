"""Detect the format of an XML or HTML file by the name of its first element."""

import re

_NAME = re.compile(rb"<(?:[\w.-]{1,40}:)?([A-Za-z_][\w.-]{0,40})")
#: the namespace of WordPress's export, declared by its root element
_WORDPRESS = re.compile(rb"""["']https?://wordpress\.org/export/""")
#: A feed below the messages that a faulty program of the site wrote above it, as HTML.
_LATE_FEED = re.compile(rb"<\?xml\s[^<>]{0,200}\?>\s{0,99}<(?:rss|feed|rdf:RDF)[\s>]")
_MESSAGES_BYTES = 4_000
#: name of the first element, in lower case -> format
_ROOTS = {
    "nitf": "nitf",
    "newsmessage": "newsml",
    "newsitem": "newsml",
    "packageitem": "newsml",
    "newsml": "newsml1",
    "rss": "feed",
    "feed": "feed",
    "entry": "feed",
    "rdf": "feed",
} | dict.fromkeys(
    "a article aside b base blockquote body br center div em figure font footer form h1 h2 h3 h4 h5 h6 head header hr"
    " html i img link main meta nav ol p pre script section span strong style table title ul".split(),
    "html",
)


def sniff_markup(first_bytes: bytes, suffix: str) -> str:
    """Return the format's name; return ``suffix``, the format by suffix, if the content is not known markup."""
    position = 0
    for _ in range(100):
        position += len(first_bytes[position:]) - len(first_bytes[position:].lstrip(b"\xef\xbb\xbf \t\r\n\f"))
        closing = _end_of_non_element(first_bytes, position)
        if closing is None:
            name = _NAME.match(first_bytes, position)
            format_name = _ROOTS.get(name.group(1).decode().lower()) if name else None
            if format_name == "html" and _LATE_FEED.search(first_bytes, position, position + _MESSAGES_BYTES):
                format_name = "feed"
            if format_name == "feed" and _WORDPRESS.search(first_bytes, position, position + 2_000):
                return "wxr"
            return format_name or ("xml" if first_bytes.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else suffix)
        if first_bytes[position : position + 14].lower() == b"<!doctype html":
            return "html"
        end = first_bytes.find(closing, position)
        if end < 0:
            break
        position = end + len(closing)
    return suffix


def _end_of_non_element(first_bytes: bytes, position: int) -> bytes | None:
    """Return the end mark of the comment, instruction or doctype at ``position``; None if an element begins there."""
    if first_bytes.startswith(b"<!--", position):
        return b"-->"
    if first_bytes.startswith(b"<?", position):
        return b"?>"
    if first_bytes.startswith(b"<!", position):
        bracket, closing = first_bytes.find(b"[", position), first_bytes.find(b">", position)
        return b"]>" if 0 <= bracket < closing else b">"
    return None
