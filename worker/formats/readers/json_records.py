"""Split a JSON file (one object, an array of objects, or consecutive objects) into one record for each object.

The file is split at brackets without parsing, so that an array of any length takes constant memory and one
broken object does not affect the others. Of an object that only encloses lists of articles, their objects are read.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import BinaryIO

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.json_fields import UnreadKeys
from worker.formats.limits import Limits, Span
from worker.formats.readers import json_object
from worker.formats.readers.json_lists import ArticleList, find_lists
from worker.formats.stream import SAMPLE_BYTES, Record, Stream

#: Parses the bytes of one object, with ``first_line`` as a keyword.
ParseObject = Callable[..., Article]

_CHUNK_BYTES = 262_144
_BEGINS_WITH_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}\{")
_TOKENS = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each object of the file; reading always starts at offset 0, so ``span`` is unused."""
    del span
    parse = partial(json_object.article, limits=limits, unread=UnreadKeys())
    if lists := article_lists(stream, limits):
        yield from list_records(stream, lists, limits, parse)
        return
    splitter = ObjectSplitter(limits, parse)
    for chunk in chunks(stream.open_at()):
        yield from splitter.feed(chunk)
    yield from splitter.finish()


def article_lists(stream: Stream, limits: Limits, named: str = "") -> list[ArticleList]:
    """Return the lists of articles in the object with which the file begins, if that is no article itself.

    A list ``named`` in the object itself counts whatever its objects are.
    """
    if not _BEGINS_WITH_OBJECT.match(stream.first_bytes):
        return []
    if len(stream.first_bytes) == SAMPLE_BYTES:
        stream.first_bytes += stream.file.read(max(limits.max_article_bytes - SAMPLE_BYTES, 0))
    return find_lists(stream.first_bytes, named)


def list_records(stream: Stream, lists: list[ArticleList], limits: Limits, parse: ParseObject) -> Iterator[Record]:
    """Yield each object of the lists, and a bad record if the file does not end with the object around them."""
    rest, position, chunk = chunks(stream.open_at()), 0, b""
    for place in lists:
        while position + len(chunk) <= place.offset:
            position += len(chunk)
            chunk = next(rest)
        chunk, position = chunk[place.offset - position :], place.offset
        splitter = ObjectSplitter(limits, parse, place.line)
        while chunk:
            yield from splitter.feed(chunk)
            if splitter.list_end:
                break
            position += len(chunk)
            chunk = next(rest, b"")
        else:
            yield from splitter.finish()
        chunk, position = chunk[splitter.list_end :], position + splitter.list_end
    yield from _check_end(itertools.chain([chunk], rest), lists[-1])


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of ``file``, with each escape in one chunk: it is one token."""
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk + file.read(1) if chunk.endswith(b"\\") else chunk


def _check_end(rest: Iterable[bytes], last: ArticleList) -> Iterator[Record]:
    """Yield a bad record unless the objects around the last list are closed in ``rest``, and nothing follows them."""
    depth, in_string = last.depth, False
    for chunk in rest:
        begin = 0
        for token in _TOKENS.finditer(chunk) if depth else ():
            mark = chunk[token.start()]
            if mark == 0x22:
                in_string = not in_string
            elif not in_string and mark != 0x5C:
                depth += 1 if mark in b"{[" else -1
                if depth == 0:
                    begin = token.end()
                    break
        if depth == 0 and chunk[begin:].strip():
            yield Record(0, partial(_refuse_rest, last.key))
            return
    if depth:
        yield Record(0, partial(_refuse_cut, last.key))


class ObjectSplitter:
    """Finds the boundaries of objects in a sequence of chunks, which begins in line ``line`` of the file.

    With a line, the first chunk begins with a list; the splitter stops at its end, which is ``list_end`` in its chunk.
    """

    def __init__(self, limits: Limits, parse: ParseObject, line: int = 0) -> None:
        self._limits = limits
        self._parse = parse
        self._is_list = line > 0
        self.list_end = 0
        self._record = bytearray()
        self._too_long = False
        self._depth = 0
        self._record_depth: int | None = None  # nesting depth of records: 1 within an array, else 0
        self._in_string = False
        self._line = max(line, 1)

    def feed(self, chunk: bytes) -> Iterator[Record]:
        """Yield the objects that end in the next chunk."""
        begin = 0
        for token in _TOKENS.finditer(chunk):
            mark = chunk[token.start()]
            if mark == 0x22:  # "
                self._in_string = not self._in_string
            elif self._in_string or mark == 0x5C:  # \
                continue
            elif mark in b"{[":
                if self._record_depth is None:
                    self._record_depth = int(mark == 0x5B)
                elif self._depth < self._record_depth:
                    self._record_depth = 0
                if self._depth == self._record_depth and not (mark == 0x5B and self._record_depth == 0):
                    self._append(chunk[begin : token.start()])
                    yield from self._finish_separator()
                    begin = token.start()
                self._depth += 1
            else:
                self._depth = max(self._depth - 1, 0)
                if self._depth == self._record_depth:
                    self._append(chunk[begin : token.end()])
                    begin = token.end()
                    yield self._finish_record()
                elif self._is_list and self._depth == 0:
                    self._append(chunk[begin : token.end()])
                    yield from self._finish_separator()
                    self.list_end = token.end()
                    return
        self._append(chunk[begin:])

    def finish(self) -> Iterator[Record]:
        """Yield what is left at the end of the file."""
        if self._depth > (self._record_depth or 0) or self._in_string:
            yield self._finish_record()
        else:
            yield from self._finish_separator()

    def _append(self, data: bytes) -> None:
        if len(self._record) + len(data) > self._limits.max_article_bytes:
            self._too_long = True
            self._line += self._record.count(b"\n") + data.count(b"\n")
            self._record.clear()
        elif self._too_long:
            self._line += data.count(b"\n")
        else:
            self._record += data

    def _finish_record(self) -> Record:
        data, line = bytes(self._record), self._line
        self._record.clear()
        self._line += data.count(b"\n")
        if self._too_long:
            self._too_long = False
            return Record(0, partial(_refuse_too_long, line, self._limits.max_article_bytes))
        return Record(0, partial(self._parse, data, first_line=line), len(data))

    def _finish_separator(self) -> Iterator[Record]:
        """Yield a bad record if there is anything but commas and blanks between two objects."""
        stray = self._record.strip(b" \t\r\n,[]\xef\xbb\xbf")
        if stray or self._too_long:
            yield Record(0, partial(_refuse_stray, self._line))
        self._line += self._record.count(b"\n")
        self._record.clear()
        self._too_long = False


def _refuse_too_long(line: int, limit: int) -> Article:
    raise QuarantineError(f"The object that ends in line {line} is longer than one article may be ({limit:,} bytes).")


def _refuse_rest(key: str) -> Article:
    raise QuarantineError(f'Something follows the object that holds the list "{key}", and is not read: send it apart.')


def _refuse_cut(key: str) -> Article:
    raise QuarantineError(f'The file breaks off after the list "{key}" or in it: export or download it again.')


def _refuse_stray(line: int) -> Article:
    raise QuarantineError(
        f"From line {line} on there is something that is no JSON object ({{…}}): write each article as one object."
    )
