"""Remove tags, pictures and link targets that an extractor left in the text.

A line that is nothing but links is a menu or a teaser if the text has several; a linked word in a sentence is kept.
"""

import re
from collections.abc import Callable
from itertools import islice

import re2

from worker.clean.menus import drop_menu_lines
from worker.clean.metadata import MAX_CHANGES, Metadata, StepResult, has_too_many_lines
from worker.clean.sentences import holds_sentence_end

#: A text with fewer lines of nothing but links may contain the author's list of sources.
MIN_MENU_LINES = 5
#: One or two URLs in brackets are the author's; a page whose links are written out has dozens.
MIN_ADDRESSES = 3
#: One or two tags may be the subject of the text; a tag with an attribute is never prose.
MIN_TAGS = 3
#: A menu entry or a headline is shorter, and no sentence follows it.
LONGEST_ENTRY = 150

_INLINE = "a|abbr|b|cite|code|em|font|i|img|input|noscript|small|span|strong|sub|sup|u"
_BLOCK = (
    "article|aside|blockquote|br|button|center|div|embed|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li"
    "|link|meta|nav|object|ol|option|p|picture|section|select|source|svg|table|tbody|td|th|thead|tr|ul|video"
)
_TAG = re.compile(rf"</?(?:(?:{_INLINE})|(?P<block>{_BLOCK}))(?P<attribute>\s[^<>]{{0,4000}})?/?>", re.IGNORECASE)
#: Few tags, of which no sentence speaks: a pair around a whole line or text, and a line break after a sentence.
_EDGE_TAGS = re.compile(
    rf"(?im)^[ \t]*<(?P<name>{_INLINE}|{_BLOCK})>(?P<inside>\s*[^\s<][^<]*)</(?P=name)>[ \t]*$"
    r"|(?<=[.!?:;…”\"»’)。！？])[ \t]*<br[ \t]*/?>"
)
#: On RE2, which rejects a text of `<` alone a hundred times as fast.
_ANY_TAG = re2.compile(rf"(?i)</?(?:{_INLINE}|{_BLOCK})[\s/>]")
_TARGET = r"\((?:<[^<>\n]{0,2000}>|(?:[^()\s]|\([^()\s]{0,200}\)){0,2000})(?: \"[^\"\n]{0,500}\")?\)"
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\]" + _TARGET)
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]" + _TARGET)
_HEADING = re.compile(r"(?m)^#{1,6} ")
#: An extractor that wraps lines breaks URLs as well.
_ADDRESS = re.compile(
    r"(?i)[ \n]?\((?:(?:https?:)?//|mailto:|tel:|javascript:)"
    r"(?:[^()\s]|\([^()\s]{0,200}\)){1,500}(?:\n[^()\s]{1,200}){0,30}\)"
)
#: Every URL matches this; RE2 rejects a text ten times as fast.
_ANY_ADDRESS = re2.compile(r"(?i)\((?:(?:https?:)?//|mailto:|tel:|javascript:)[^\s)]")
_ADDRESS_STARTS = ("(http", "(//", "(HTTP")
_BULLETS = ("* ", "- ", "• ", "| ", "+ ")
#: Characters before, between and after the links of a menu.
_SEPARATORS = " \n\t*•|·>»#+-–—/\\_[]"


def strip_markup(text: str, _metadata: Metadata) -> StepResult:
    """Remove tags and URLs from the text, and lines that contain nothing but links."""
    count = 0
    for marker, strip in _STRIPPERS:
        if marker[0] in text and marker in text:
            text, stripped = strip(text)
            count += stripped
    return StepResult(text, count)


def _strip_tags(text: str) -> tuple[str, int]:
    if not _ANY_TAG.search(text):
        return text, 0
    tags = list(islice(_TAG.finditer(text), MAX_CHANGES + 1))
    if len(tags) > MAX_CHANGES:
        return text, 0
    if len(tags) < MIN_TAGS and not any(tag["attribute"] for tag in tags):
        return _EDGE_TAGS.subn(lambda edges: edges["inside"] or "\n", text)
    return _TAG.sub(lambda tag: "\n" if tag["block"] else "", text), len(tags)


def _strip_links(text: str) -> tuple[str, int]:
    """Remove Markdown pictures, link targets and menu lines."""
    text, pictures = _PICTURE.subn("", text)
    lines = text.split("\n")
    menu = {line for line in lines if "](" in line and _is_all_links(line)}
    dropped = sum(line in menu for line in lines)
    if dropped >= MIN_MENU_LINES:
        text = "\n".join(drop_menu_lines([line for line in lines if line not in menu]))
    else:
        dropped = 0
    text, links = _LINK.subn(r"\1", text)
    headings = 0
    if pictures + dropped + links:
        text, headings = _HEADING.subn("", text)
    return text, pictures + dropped + links + headings


def _is_all_links(line: str) -> bool:
    rest, links = _LINK.subn("", line)
    return bool(links) and _is_separator(rest)


def _strip_addresses(text: str) -> tuple[str, int]:
    """Remove URLs in brackets after the linked text, and menus of such links."""
    count = sum(1 for _ in _ADDRESS.finditer(text)) if _ANY_ADDRESS.search(text) else 0
    if count < MIN_ADDRESSES or has_too_many_lines(text):
        return text, 0
    blocks = _blocks(text)
    menu = {block for block in blocks if _is_menu(block)}
    if sum(block in menu for block in blocks) < MIN_MENU_LINES:
        return "\n".join(map(_join_block, blocks)), count
    return "\n".join(map(_join_block, drop_menu_lines([block for block in blocks if block not in menu]))), count


def _blocks(text: str) -> list[str]:
    """Return the list entries and paragraphs, each with all its wrapped lines, and the blank lines."""
    blocks: list[list[str]] = []
    for line in text.split("\n"):
        if line and blocks and blocks[-1][-1] and not line.startswith(_BULLETS):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return ["\n".join(lines) for lines in blocks]


def _is_menu(block: str) -> bool:
    """Return whether ``block`` is a series of short texts with a URL after each, none of which continues a sentence."""
    if "(" not in block:
        return False
    *entries, rest = _ADDRESS.split(block)
    return bool(entries) and _is_separator(rest) and all(map(_is_entry, entries))


def _is_entry(text: str) -> bool:
    text = text.lstrip(_SEPARATORS)
    return (
        len(text) <= LONGEST_ENTRY
        and not text[:1].islower()
        and not text.startswith((",", ";", ".", ")"))
        and ". " not in text
        and not holds_sentence_end(text)
    )


def _is_separator(rest: str) -> bool:
    # A sentence that ends with a link has a full stop after it, which is not a separator.
    return not rest.strip(_SEPARATORS)


def _join_block(block: str) -> str:
    return _ADDRESS.sub("", block).replace("\n", " ") if any(start in block for start in _ADDRESS_STARTS) else block


#: (marker, function): the function runs only on a text that contains the marker.
_STRIPPERS: tuple[tuple[str, Callable[[str], tuple[str, int]]], ...] = (
    ("<", _strip_tags),
    ("](", _strip_links),
    ("//", _strip_addresses),
)
MARKUP_TRIGGER = "|".join(re.escape(marker) for marker, _ in _STRIPPERS)
