"""Split a JSON file (one object, an array of objects, or consecutive objects) into one record for each object.

The file is split at brackets without parsing, so that an array of any length takes constant memory and one
broken object does not affect the others.
"""

import re
from collections.abc import Iterator
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.limits import Limits, Span
from worker.formats.readers import json_object
from worker.formats.stream import Record, Stream

_CHUNK_BYTES = 262_144
_TOKENS = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each object of the file; reading always starts at offset 0, so ``span`` is unused."""
    del span
    splitter = _ObjectSplitter(limits)
    file = stream.open_at()
    while chunk := file.read(_CHUNK_BYTES):
        if chunk.endswith(b"\\"):  # keep an escape in one chunk: it is one token
            chunk += file.read(1)
        yield from splitter.feed(chunk)
    yield from splitter.finish()


class _ObjectSplitter:
    """Finds the boundaries of objects in a sequence of chunks."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._record = bytearray()
        self._too_long = False
        self._depth = 0
        self._record_depth: int | None = None  # nesting depth of records: 1 within an array, else 0
        self._in_string = False
        self._line = 1

    def feed(self, chunk: bytes) -> Iterator[Record]:
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
        self._append(chunk[begin:])

    def finish(self) -> Iterator[Record]:
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
        return Record(0, partial(json_object.article, data, self._limits, line), len(data))

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


def _refuse_stray(line: int) -> Article:
    raise QuarantineError(
        f"From line {line} on there is something that is no JSON object ({{…}}): write each article as one object."
    )
