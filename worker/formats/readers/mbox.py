"""Split a mailbox (.mbox) into its mails.

A line ``From address date`` after a blank line begins a mail; a paragraph that begins with "From " does not. Some
programs quote such lines with ``>``, others count the bytes of each mail in its header ``Content-Length``.
"""

import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from worker.article import Article
from worker.errors import QuarantineError
from worker.formats.limits import Limits, Span
from worker.formats.readers import mail
from worker.formats.stream import Record, Stream

#: The date is that of asctime or ISO 8601; some programs write the address alone.
_SEPARATOR = re.compile(
    rb"From (?:\S{1,300}|\"[^\"\r\n]{0,300}\"\S{0,300}) {1,9}"
    rb"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? |\d{4}-\d\d-\d\d[ T]\d\d:\d\d).{0,100}|From [^\s@]{1,200}@[^\s@]{1,200}\s*$"
)
_QUOTED_FROM = re.compile(rb">+From ")
_CONTENT_LENGTH = re.compile(rb"Content-Length:\s{0,9}(\d{1,12})\s*$", re.IGNORECASE)
_BLANK = (b"\n", b"\r\n")


def split(stream: Stream, limits: Limits, span: Span) -> Iterator[Record]:
    """Yield each mail of a mailbox."""
    file = stream.open_at(span.offset)
    box = _Mailbox(span.offset, limits)
    while data := file.readline(limits.max_article_bytes):
        yield from box.add(data)
    yield from box.end()


class _Mailbox:
    """Collects the lines of one mail at a time; only the bytes of a mail that is not too long are kept."""

    def __init__(self, offset: int, limits: Limits) -> None:
        self._limits = limits
        self._position = offset
        self._after_blank = True
        self._begin(offset)

    def _begin(self, offset: int) -> None:
        self._offset = offset
        self._lines: list[bytes] = []
        self._size = 0
        self._in_header = True
        self._length: int | None = None  # of the body, as its header says
        self._body_end = 0  # where the body ends if that is right; 0: not known, or passed
        self._undecided: list[tuple[int, int]] = []  # number and offset of separators that may be in the body

    def add(self, data: bytes) -> Iterator[Record]:
        """Add a line; yield the mails that end before it."""
        is_separator = self._after_blank and data.startswith(b"From ") and _SEPARATOR.match(data) is not None
        if self._body_end and self._position >= self._body_end and (is_separator or data not in _BLANK):
            yield from self._check_length(is_right=is_separator)
        if is_separator and not self._body_end:
            if self._size:
                yield self._record(self._lines, self._size, self._offset)
            self._begin(self._position)
        else:
            self._append(data, is_separator)
        self._size += len(data)
        self._position += len(data)
        self._after_blank = data in _BLANK
        if self._in_header and self._after_blank:
            self._in_header = False
            if self._length is not None and self._length + self._size <= self._limits.max_article_bytes:
                self._body_end = self._position + self._length

    def end(self) -> Iterator[Record]:
        """Yield the mails that are left at the end of the file."""
        if self._body_end:
            yield from self._check_length(is_right=self._position >= self._body_end)
        yield self._record(self._lines, self._size, self._offset)

    def _append(self, data: bytes, is_separator: bool) -> None:
        if is_separator:
            self._undecided.append((len(self._lines), self._position))
        elif self._in_header and (length := _CONTENT_LENGTH.match(data)):
            self._length = int(length[1])
        if self._size + len(data) <= self._limits.max_article_bytes:
            self._lines.append(data[1:] if _QUOTED_FROM.match(data) else data)

    def _check_length(self, is_right: bool) -> Iterator[Record]:
        """Keep the separators in the body as text if its length is right; else yield the mails that they end."""
        self._body_end = 0
        if is_right or not self._undecided:
            return
        lines, starts = self._lines, [(-1, self._offset), *self._undecided]
        for (number, offset), (following, end) in pairwise(starts):
            yield self._record(lines[number + 1 : following], end - offset, offset)
        number, self._offset = starts[-1]
        self._lines, self._size = lines[number + 1 :], self._position - self._offset

    def _record(self, lines: list[bytes], size: int, offset: int) -> Record:
        if size > self._limits.max_article_bytes:
            return Record(offset, partial(_refuse_too_long, self._limits.max_article_bytes))
        return Record(offset, partial(mail.article, b"".join(lines), self._limits), size)


def _refuse_too_long(limit: int) -> Article:
    raise QuarantineError(f"The mail is larger than one article may be ({limit:,} bytes), with its attachments.")
