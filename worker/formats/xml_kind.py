"""The first bytes of an XML or HTML file -> which of the formats it is, by the name of its first element."""

import re

_NAME = re.compile(rb"<(?:[\w.-]{1,40}:)?([A-Za-z_][\w.-]{0,40})")
#: the first element's name, in lower case -> the format
_ROOTS = {
    "nitf": "nitf",
    "newsmessage": "newsml",
    "newsitem": "newsml",
    "packageitem": "newsml",
    "rss": "feed",
    "feed": "feed",
    "entry": "feed",
    "rdf": "feed",
} | dict.fromkeys(
    "a article aside b base blockquote body br center div em figure font footer form h1 h2 h3 h4 h5 h6 head header hr"
    " html i img link main meta nav ol p pre script section span strong style table title ul".split(),
    "html",
)


def kind(head: bytes, suffix: str) -> str:
    """Return the format's name; ``suffix`` (a format's name too) where the content is no known markup."""
    at = 0
    for _ in range(100):
        at += len(head[at:]) - len(head[at:].lstrip(b"\xef\xbb\xbf \t\r\n\f"))
        closing = _aside(head, at)
        if closing is None:
            name = _NAME.match(head, at)
            found = _ROOTS.get(name.group(1).decode().lower()) if name else None
            return found or ("xml" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<?xml") else suffix)
        if head[at : at + 14].lower() == b"<!doctype html":
            return "html"
        end = head.find(closing, at)
        if end < 0:
            break
        at = end + len(closing)
    return suffix


def _aside(head: bytes, at: int) -> bytes | None:
    """Return what ends the comment, instruction or doctype that begins here; None before an element."""
    if head.startswith(b"<!--", at):
        return b"-->"
    if head.startswith(b"<?", at):
        return b"?>"
    if head.startswith(b"<!", at):
        bracket, closing = head.find(b"[", at), head.find(b">", at)
        return b"]>" if 0 <= bracket < closing else b">"
    return None
