"""Tags, pictures and links that an extractor spelled out in, what a reader of the page saw out.

A line that is nothing but links is a menu or a teaser, where a text has several; a linked word in a sentence stays.
"""

import re
from collections.abc import Callable
from itertools import islice

import re2

from worker.clean.menus import drop_menu_lines
from worker.clean.metadata import MAX_CHANGES, Metadata, StepResult, has_too_many_lines

#: A text with fewer lines of nothing but links may be an author's own list of sources.
MIN_MENU_LINES = 5
#: One or two addresses in brackets are the author's own; a page with its links spelled out has dozens.
MIN_ADDRESSES = 3
#: Two tags may be what a text is about; a tag with an attribute is never prose.
MIN_TAGS = 3
#: A menu's entry or a headline is shorter, and has no sentence behind it.
LONGEST_ENTRY = 150

_INLINE = "a|abbr|b|cite|code|em|font|i|img|input|noscript|small|span|strong|sub|sup|u"
_BLOCK = (
    "article|aside|blockquote|br|button|center|div|embed|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li"
    "|link|meta|nav|object|ol|option|p|picture|section|select|source|svg|table|tbody|td|th|thead|tr|ul|video"
)
_TAG = re.compile(rf"</?(?:(?:{_INLINE})|(?P<block>{_BLOCK}))(?P<attribute>\s[^<>]{{0,4000}})?/?>", re.IGNORECASE)
#: In a text of `<` alone, RE2 says no a hundred times as fast.
_ANY_TAG = re2.compile(rf"(?i)</?(?:{_INLINE}|{_BLOCK})[\s/>]")
_TARGET = r"\((?:<[^<>\n]{0,2000}>|(?:[^()\s]|\([^()\s]{0,200}\)){0,2000})(?: \"[^\"\n]{0,500}\")?\)"
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,500}\]" + _TARGET)
_LINK = re.compile(r"\[([^\[\]\n]{0,500})\]" + _TARGET)
_HEADING = re.compile(r"(?m)^#{1,6} ")
#: An extractor that wraps lines breaks addresses as well.
_ADDRESS = re.compile(
    r"(?i)[ \n]?\((?:(?:https?:)?//|mailto:|tel:|javascript:)"
    r"(?:[^()\s]|\([^()\s]{0,200}\)){1,500}(?:\n[^()\s]{1,200}){0,30}\)"
)
#: Every address has this; RE2 says no ten times as fast.
_ANY_ADDRESS = re2.compile(r"(?i)\((?:(?:https?:)?//|mailto:|tel:|javascript:)[^\s)]")
_ADDRESS_STARTS = ("(http", "(//", "(HTTP")
_BULLETS = ("* ", "- ", "• ", "| ", "+ ")
#: What stands before, between and behind the links of a menu.
_SEPARATORS = " \n\t*•|·>»#+-–—/\\_[]"


def strip_markup(text: str, _metadata: Metadata) -> StepResult:
    """Take tags and addresses out of the text, and lines that hold nothing but links."""
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
    if len(tags) > MAX_CHANGES or (len(tags) < MIN_TAGS and not any(tag["attribute"] for tag in tags)):
        return text, 0
    return _TAG.sub(lambda tag: "\n" if tag["block"] else "", text), len(tags)


def _strip_links(text: str) -> tuple[str, int]:
    """Take Markdown's pictures and link targets away."""
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
    """Take away addresses that stand in brackets behind what they link."""
    count = sum(1 for _ in _ADDRESS.finditer(text)) if _ANY_ADDRESS.search(text) else 0
    if count < MIN_ADDRESSES or has_too_many_lines(text):
        return text, 0
    blocks = _blocks(text)
    menu = {block for block in blocks if _is_menu(block)}
    if sum(block in menu for block in blocks) < MIN_MENU_LINES:
        return "\n".join(map(_join_block, blocks)), count
    return "\n".join(map(_join_block, drop_menu_lines([block for block in blocks if block not in menu]))), count


def _blocks(text: str) -> list[str]:
    """Return the text's entries and paragraphs, each with all lines that it was wrapped to, and its blank lines."""
    blocks: list[list[str]] = []
    for line in text.split("\n"):
        if line and blocks and blocks[-1][-1] and not line.startswith(_BULLETS):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return ["\n".join(lines) for lines in blocks]


def _is_menu(block: str) -> bool:
    """Tell whether every piece of ``block`` is a short text with an address behind it, and none goes on a sentence."""
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
    )


def _is_separator(rest: str) -> bool:
    # A sentence that ends with a link has its stop behind it.
    return not rest.strip(_SEPARATORS)


def _join_block(block: str) -> str:
    return _ADDRESS.sub("", block).replace("\n", " ") if any(start in block for start in _ADDRESS_STARTS) else block


#: What a text must hold for it to be looked at, and what is done then.
_STRIPPERS: tuple[tuple[str, Callable[[str], tuple[str, int]]], ...] = (
    ("<", _strip_tags),
    ("](", _strip_links),
    ("//", _strip_addresses),
)
MARKUP_TRIGGER = "|".join(re.escape(sign) for sign, _ in _STRIPPERS)
