"""Repair slips in XML: bare ``&`` and ``<``, ``br`` and fields without an end, open CDATA sections, unknown prefixes.

Every function is linear in the length of the text.
"""

import re
import sys
from collections import Counter

_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,40}):[A-Za-z_]")
_DECLARED = re.compile(r"xmlns:([\w.-]{1,40})\s{0,9}=")
_FIRST_ELEMENT = re.compile(r"<[A-Za-z_][\w.:-]{0,80}")
_SECTIONS = {"<![CDATA[": "]]>", "<!--": "-->"}
_TAG = re.compile(r"</?[A-Za-z_?][^<>]*>|<![A-Z][^<>\[]*>")
_VOID = re.compile(r"(?i)<(?:br|hr|img|wbr|input)\b")
_BARE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,9};|(?:amp|lt|gt|quot|apos);)")
_REFERENCE = re.compile(r"&#([0-9]{1,9}|[xX][0-9a-fA-F]{1,8});")
#: The elements of a feed's item whose end tag may be missing; the next of them ends it.
_FIELDS = frozenset(
    "title link description guid pubdate author category comments source encoded content summary published updated id"
    " creator date enclosure rights subject".split()
)
_FIELD_TAG = re.compile(r"<(/?)((?:[A-Za-z][\w.-]{0,40}:)?([A-Za-z][\w.-]{0,40}))")
_ELEMENT_BEFORE = re.compile(r"<([\w:.-]{1,80})(?:\s[^<>]{0,500})?>\s{0,200}\Z")


def undeclared_prefixes(item: str, head: str) -> list[str]:
    """Return the prefixes of names in ``item`` that neither it nor ``head`` declares."""
    used = set(_PREFIX.findall(item))
    return sorted(used - {"xml"} - set(_DECLARED.findall(head)) - set(_DECLARED.findall(item)))


def declare(text: str) -> str:
    """Return a document whose first element declares the prefixes that nothing declares."""
    prefixes = undeclared_prefixes(text, "")
    declarations = "".join(f' xmlns:{prefix}="urn:undeclared:{prefix}"' for prefix in prefixes)
    return _FIRST_ELEMENT.sub(lambda tag: tag[0] + declarations, text, count=1) if prefixes else text


def repair(item: str) -> str:
    """Return an item with its bare ``&`` and ``<`` escaped, and its ``br``, fields and CDATA sections ended."""
    pieces: list[str] = []
    position = 0
    hopeless: set[str] = set()  # the marks of sections that don't end any more
    fields = _Fields(item)
    while (begin := item.find("<", position)) >= 0:
        pieces.append(_escape(item[position:begin]))
        mark = next((mark for mark in _SECTIONS if item.startswith(mark, begin)), "")
        if tag := _TAG.match(item, begin) if not mark else None:
            position = tag.end()
            text = _escape(tag[0])
            closed = f"{text[:-1]}/>" if _VOID.match(text) and not text.endswith("/>") else text
            pieces.append(fields.end_tag_before(closed) + closed)
        elif not mark:
            pieces.append("&lt;")
            position = begin + 1
        elif mark not in hopeless and (end := item.find(_SECTIONS[mark], begin)) >= 0:
            position = end + len(_SECTIONS[mark])
            pieces.append(item[begin:position])
        else:
            hopeless.add(mark)
            element = _ELEMENT_BEFORE.search("".join(pieces[-2:]))
            position = item.find(f"</{element[1]}", begin) if element and "</" not in hopeless else -1
            pieces.append(item[begin:position] + _SECTIONS[mark] if position >= 0 else "")
            if position < 0:
                hopeless.add("</")
                position = begin + len(mark)
    return "".join([*pieces, _escape(item[position:])])


class _Fields:
    """The fields of an item of which some have no end tag."""

    def __init__(self, item: str) -> None:
        tags = [tag for tag in _FIELD_TAG.finditer(item) if tag[3].lower() in _FIELDS]
        starts, ends = (Counter(tag[2] for tag in tags if tag[1] == slash) for slash in ("", "/"))
        self._unbalanced = {name for name, count in starts.items() if ends[name] < count}
        self._open = ""

    def end_tag_before(self, tag: str) -> str:
        """Return the end tag that is missing before ``tag``, a tag of the item in its order, or ""."""
        match = _FIELD_TAG.match(tag)
        if not match or match[3].lower() not in _FIELDS | {"item", "entry"}:
            return ""
        missing = self._open if self._open in self._unbalanced and not (match[1] and match[2] == self._open) else ""
        self._open = "" if match[1] or tag.endswith("/>") else match[2]
        return f"</{missing}>" if missing else ""


def _escape(text: str) -> str:
    return _BARE_AMPERSAND.sub("&amp;", text) if "&" in text else text


def valid_references(item: str) -> str:
    """Return an item with the replacement character for each reference to a character that XML doesn't have."""
    return _REFERENCE.sub(_valid, item) if "&#" in item else item


def _valid(reference: re.Match[str]) -> str:
    """Return a character reference, or the replacement character if XML has no such character."""
    number = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    allowed = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or number >= 0x10000
    return reference[0] if allowed and number <= sys.maxunicode else "\ufffd"
