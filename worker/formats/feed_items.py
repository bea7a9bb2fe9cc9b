"""Cut a feed into its items by their tags, so that a fault in one item never costs another.

No XML parser is used here: it would stop at the first fault. A feed of any length takes constant memory.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

#: Read at once; an item is a few KB, and its beginning is scanned again for each further chunk.
_CHUNK_BYTES = 1_048_576
#: A tag that is cut off at the end of a chunk is shorter than this.
_TAG_BYTES = 256
_TOKENS = re.compile(
    rb"<!--|<!\[CDATA\[|<(?P<close>/?)(?P<name>(?:[\w.-]{1,40}:)?(?:item|entry))(?=[\s/>])", re.IGNORECASE
)
_TOO_LONG = "One item of the feed is longer than an article may be ({:,} bytes)."
_ROOT_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:channel|rss|feed|rdf)\s*>", re.IGNORECASE)


class Item(NamedTuple):
    """An item of a feed as bytes, and its byte offset; ``fault`` is why it is incomplete, if it is."""

    offset: int
    data: bytes
    fault: str = ""


class _Found(NamedTuple):
    begin: int
    end: int
    fault: str = ""


def read_head(file: BinaryIO, limit: int) -> tuple[bytes, bytes]:
    """Return what is before the first item, of at most ``limit`` bytes, and what was read after it."""
    data = b""
    while True:
        chunk = file.read(_CHUNK_BYTES)
        data += chunk
        if begin := _first_item(data):
            return data[: begin.start()], data[begin.start() :]
        if not chunk or len(data) > limit:
            return data, b""


def cut(file: BinaryIO, buffer: bytes, offset: int, limit: int, *, has_root: bool) -> Iterator[Item]:
    """Yield each item in ``buffer``, which is at byte ``offset`` of the feed, and in ``file``, which continues it.

    An item of more than ``limit`` bytes has a fault and no data. If the feed breaks off, the last item has a fault.
    """
    position, final = 0, False
    while True:
        scanner = _Scanner(buffer, final=final)
        while found := scanner.item(position):
            position = found.end
            yield _item(buffer, found, offset, limit)
            if found.fault:
                return
        if final:
            if has_root and not _ROOT_END.search(buffer, position):
                yield Item(0, b"", "The feed breaks off before its end: download it again.")
            return
        if len(buffer) - position > limit:
            found = _Scanner(buffer, final=True).item(position)  # an open mark may hide the end of the item
            if found and found.end < len(buffer):
                position = found.end
                yield _item(buffer, found, offset, limit)
                continue
            if found:
                yield Item(0, b"", _TOO_LONG.format(limit))
            position = max(len(buffer) - _TAG_BYTES, position + 1)
        chunk = file.read(_CHUNK_BYTES)
        final = not chunk
        buffer, offset, position = buffer[position:] + chunk, offset + position, 0


def _first_item(data: bytes) -> re.Match[bytes] | None:
    """Return the start tag of the first item, comments and CDATA sections aside."""
    position = 0
    while token := _TOKENS.search(data, position):
        if token["name"] and not token["close"]:
            return token
        position = token.end()
        if not token["name"]:
            closing = data.find(b"-->" if token[0] == b"<!--" else b"]]>", position)
            if closing < 0:
                return None
            position = closing
    return None


def _item(buffer: bytes, found: _Found, offset: int, limit: int) -> Item:
    if found.end - found.begin > limit:
        return Item(0, b"", _TOO_LONG.format(limit))
    return Item(offset + found.begin, buffer[found.begin : found.end], found.fault)


class _Scanner:
    """Finds items in a part of a feed; ``final`` says that nothing comes after it."""

    def __init__(self, data: bytes, *, final: bool) -> None:
        self._data = data
        self._final = final
        self._ends = {b"<!--": (b"-->", -1), b"<![CDATA[": (b"]]>", -1)}  # end mark, and where it was found last

    def item(self, position: int) -> _Found | None:
        """Return the first item from ``position`` on; None if there is none, or none that is complete yet."""
        begin, name = -1, b""
        while token := _TOKENS.search(self._data, position):
            position = token.end()
            if not (tag := token["name"]):
                end = self._end_of(token[0].upper(), token.end())
                if end is None:
                    return None
                position = end
            elif token["close"]:
                if tag == name:
                    return self._closed(begin, position)
            elif begin < 0:
                begin, name = token.start(), tag
            elif tag == name:  # the end tag before it is missing
                return _Found(begin, token.start())
        if begin < 0 or not self._final:
            return None
        root_end = _ROOT_END.search(self._data, begin)
        if root_end:
            return _Found(begin, root_end.start())
        return _Found(begin, len(self._data), "The feed breaks off within this item: download it again.")

    def _closed(self, begin: int, position: int) -> _Found:
        end = self._data.find(b">", position)
        return _Found(begin, end + 1 if end >= 0 else len(self._data))

    def _end_of(self, mark: bytes, position: int) -> int | None:
        """Return the end of a comment or CDATA section, ``position`` if it is never closed, None if that is unknown."""
        closing, end = self._ends[mark]
        if end < position:
            end = self._data.find(closing, position)
            if end < 0 and not self._final:
                return None
            end = end if end >= 0 else len(self._data)
            self._ends[mark] = (closing, end)
        if end == len(self._data) or self._belongs_to_a_later_mark(mark, position, end):
            return position
        return end + len(closing)

    def _belongs_to_a_later_mark(self, mark: bytes, position: int, end: int) -> bool:
        """Return whether the same mark opens again after the end of an item: neither of them can be nested."""
        again = self._data.find(mark, position, end)
        return again >= 0 and re.search(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)", self._data[position:again]) is not None
