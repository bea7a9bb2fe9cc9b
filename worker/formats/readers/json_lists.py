"""Find the lists of articles in a JSON object that only encloses them, as the answers of APIs do.

The object is scanned by its brackets, so that a list is found in the beginning of a file of any length.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from worker.errors import QuarantineError
from worker.formats import json_keys, json_wrappers
from worker.formats.readers import json_object

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_KEY_END = re.compile(rb"\s*:\s*\Z")
_LIST_KEYS = json_wrappers.LIST_KEYS | json_wrappers.SHARED_LIST_KEYS


class ArticleList(NamedTuple):
    """A list of articles: its dotted key, the byte offset and the line of its ``[``, and how many objects it is in."""

    key: str
    offset: int
    line: int
    depth: int


_START = ArticleList("", 0, 1, 0)


class _Open(NamedTuple):
    """An object or a list that is not closed yet; ``key`` is what it is the value of."""

    key: str
    begin: int
    is_object: bool


def find_lists(data: bytes, named: str = "") -> list[ArticleList]:
    """Return the lists of articles in the first object of ``data``; [] if the object is an article itself.

    A list ``named`` in the object itself counts whatever its objects are.
    """
    lists: list[ArticleList] = []
    stack: list[_Open] = []
    previous: re.Match[bytes] | None = None  # the last token, if it is a string
    for token in _TOKENS.finditer(data):
        mark = data[token.start()]
        if mark == 0x22:
            if previous and len(stack) == 1 and _is_own_text(data, previous, token):
                return []
            previous = token
            continue
        if mark in b"{[":
            is_value = previous and _KEY_END.fullmatch(data, previous.end(), token.start())
            key = _text(previous) if previous and is_value else ""
            stack.append(_Open(key, token.start(), mark == 0x7B))
        elif stack:
            closed = stack.pop()
            first = data[closed.begin : token.end()] if _is_first_of_list(data, closed, stack) else b""
            if first and (_is_named(stack, named) or _holds_article(first, stack)):
                lists.append(_list(data, stack, lists[-1] if lists else _START))
            if not stack:
                break
        previous = None
    return [] if lists and not named and _is_article(data) else lists


def _is_article(data: bytes) -> bool:
    """Return whether the object of a whole file is or encloses an article, whose blocks or boxes are the lists."""
    try:
        value = json_object.loads(data, 1)
    except QuarantineError:
        return False
    return isinstance(value, dict) and json_keys.has_whole_text(json_wrappers.opened(value))


def _is_first_of_list(data: bytes, closed: _Open, stack: list[_Open]) -> bool:
    """Return whether an object is the first of a list under a usual key, within objects alone."""
    return (
        closed.is_object
        and 2 <= len(stack) <= json_wrappers.MAX_LIST_DEPTH + 2
        and not stack[-1].is_object
        and all(outer.is_object and json_keys.plain(outer.key) not in json_wrappers.BOXES for outer in stack[:-1])
        and json_keys.plain(stack[-1].key) in _LIST_KEYS
        and not data[stack[-1].begin + 1 : closed.begin].strip()
    )


def _is_named(stack: list[_Open], named: str) -> bool:
    return len(stack) == 2 and stack[-1].key == named


def _holds_article(first: bytes, stack: list[_Open]) -> bool:
    """Return whether the first object of the innermost list is an article, or may be one."""
    try:
        value = json_object.loads(first, 1)
    except QuarantineError:
        return True  # one broken object says nothing about the others
    return isinstance(value, dict) and json_wrappers.is_article_list(stack[-1].key, value)


def _list(data: bytes, stack: list[_Open], before: ArticleList) -> ArticleList:
    """Return the innermost list; its line is counted from the list ``before`` it."""
    begin = stack[-1].begin
    key = ".".join(outer.key for outer in stack[1:])
    return ArticleList(key, begin, before.line + data.count(b"\n", before.offset, begin), len(stack) - 1)


def _is_own_text(data: bytes, key: re.Match[bytes], value: re.Match[bytes]) -> bool:
    """Return whether two strings of the outermost object are a key and its value, which is a whole text."""
    if not _KEY_END.fullmatch(data, key.end(), value.start()):
        return False
    record: Mapping[str, object] = {_text(key): _text(value)}
    return json_keys.has_whole_text(record)


def _text(token: re.Match[bytes]) -> str:
    return token[0][1:-1].decode("utf-8", "replace")
