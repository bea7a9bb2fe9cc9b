"""Read the JSON-LD of a page: the objects that describe the page itself, not those inside them.

An object within another (a video, an update of a live blog, an entry of a list) describes that one's part.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import orjson

#: Keys under which an object about the page itself may be nested.
_ABOUT_THE_PAGE = ("@graph", "mainEntity", "mainEntityOfPage")
#: News pages have one to five; a limit for pages that list thousands.
_MAX_OBJECTS = 200
#: XHTML and old systems put JSON into comments: `//<![CDATA[ … //]]>`, `<!-- … -->`.
_BEGIN = re.compile(r"\s*(?://|/\*)?\s{0,9}(?:<!\[CDATA\[|<!--)(?:\s{0,9}\*/)?")
_END = re.compile(r"(?:(?://|/\*)\s{0,9})?(?:\]\]>|-->)(?:\s{0,9}\*/)?")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def page_objects(tree: Any) -> list[dict[str, Any]]:
    """Return the objects about the page, in the order of the page."""
    objects: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for item in _flatten(_loads(script.text)):
                objects.append(item)
                if len(objects) >= _MAX_OBJECTS:
                    return objects
    return objects


def types_of(item: dict[str, Any]) -> set[str]:
    """Return the types of an object in lower case and without the address of schema.org."""
    types = item.get("@type")
    listed = types if isinstance(types, list) else [types]
    return {name.rpartition("/")[2].lower() for name in listed if isinstance(name, str)}


def _flatten(value: object) -> Iterator[dict[str, Any]]:
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack += reversed(item[:_MAX_OBJECTS])
        elif isinstance(item, dict):
            if "@type" in item:
                yield item
            stack += [item[key] for key in reversed(_ABOUT_THE_PAGE) if isinstance(item.get(key), list | dict)]


def _loads(text: str) -> object:
    """Return the value of a script, whose JSON may be wrapped, escaped or slightly broken; None if it can't be read."""
    if begin := _BEGIN.match(text):
        text = _END.sub("", text[begin.end() :])
    text = text.strip().rstrip(";")
    if text.startswith(("{&quot;", "[{&quot;")):
        text = unescape(text)
    try:
        return orjson.loads(text)
    except ValueError:
        pass
    try:
        return json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False)
    except (ValueError, RecursionError):
        return None
