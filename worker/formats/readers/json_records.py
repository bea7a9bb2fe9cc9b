"""A JSON file of one object, an array of objects, or objects one after another -> its objects as records.

Cut at the brackets without parsing, so that an array of any length takes constant memory and one broken
object doesn't cost the others.
"""

import re
from collections.abc import Iterator
from functools import partial

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.limits import Limits, Span
from worker.formats.readers import json_value
from worker.formats.stream import Record, Stream

_PIECE_BYTES = 262_144
_TOKENS = re.compile(rb'\\.|["{}\[\]]', re.DOTALL)


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each object of the file; it can't be entered in the middle, so ``span`` is for the registry's sake."""
    del span
    cutter = _Cutter(limits)
    file = stream.start()
    while piece := file.read(_PIECE_BYTES):
        if piece.endswith(b"\\"):  # an escape is one token
            piece += file.read(1)
        yield from cutter.cut(piece)
    yield from cutter.rest()


class _Cutter:
    """Finds where objects begin and end, over any number of pieces."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._record = bytearray()
        self._too_long = False
        self._depth = 0
        self._floor: int | None = None  # the depth at which records stand: 1 within an array, else 0
        self._in_string = False
        self._line = 1

    def cut(self, piece: bytes) -> Iterator[Record]:
        begin = 0
        for token in _TOKENS.finditer(piece):
            mark = piece[token.start()]
            if mark == 0x22:  # "
                self._in_string = not self._in_string
            elif self._in_string or mark == 0x5C:  # \
                continue
            elif mark in b"{[":
                if self._floor is None:
                    self._floor = int(mark == 0x5B)
                elif self._depth < self._floor:
                    self._floor = 0
                if self._depth == self._floor and not (mark == 0x5B and self._floor == 0):
                    self._keep(piece[begin : token.start()])
                    yield from self._between()
                    begin = token.start()
                self._depth += 1
            else:
                self._depth = max(self._depth - 1, 0)
                if self._depth == self._floor:
                    self._keep(piece[begin : token.end()])
                    begin = token.end()
                    yield self._take()
        self._keep(piece[begin:])

    def rest(self) -> Iterator[Record]:
        if self._depth > (self._floor or 0) or self._in_string:
            yield self._take()
        else:
            yield from self._between()

    def _keep(self, data: bytes) -> None:
        if len(self._record) + len(data) > self._limits.max_article_bytes:
            self._too_long = True
            self._line += self._record.count(b"\n") + data.count(b"\n")
            self._record.clear()
        elif self._too_long:
            self._line += data.count(b"\n")
        else:
            self._record += data

    def _take(self) -> Record:
        data, line = bytes(self._record), self._line
        self._record.clear()
        self._line += data.count(b"\n")
        if self._too_long:
            self._too_long = False
            return Record(0, partial(_too_long, line, self._limits.max_article_bytes))
        return Record(0, partial(json_value.article, data, self._limits, line))

    def _between(self) -> Iterator[Record]:
        """Yield a bad record if anything but commas and blanks stood between two objects."""
        stray = self._record.strip(b" \t\r\n,[]\xef\xbb\xbf")
        if stray or self._too_long:
            yield Record(0, partial(_stray, self._line))
        self._line += self._record.count(b"\n")
        self._record.clear()
        self._too_long = False


def _too_long(line: int, most: int) -> Article:
    raise QuarantineError(f"The object that ends in line {line} is longer than one article may be ({most:,} bytes).")


def _stray(line: int) -> Article:
    raise QuarantineError(
        f"From line {line} on stands something that is no JSON object ({{…}}): write each article as one object."
    )
