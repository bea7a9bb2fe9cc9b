"""Limits on what a reader accepts, and the span of a large file that one worker reads.

They come from the settings, and every reader enforces them.
"""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from worker.errors import QuarantineError

#: article field -> its name in a JSON record; a dotted name ("meta.language") addresses a nested object
JSON_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "text": "text",
        "id": "id",
        "title": "title",
        "url": "url",
        "source": "source",
        "published": "published",
        "language": "language",
        "author": "author",
        "provider": "provider",
        "version": "version",
    }
)


class DecompressionBombError(QuarantineError):
    """The file unpacks to more than ``max_ratio`` times its size; nothing in it is accepted."""


class TimeBudgetError(QuarantineError):
    """Reading the file took more than ``max_seconds``."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a reader; sizes are in bytes."""

    #: size of a record, or of a file with one article: the longest newspaper issue as text is under 2 MB
    max_article_bytes: int = 10_000_000
    #: total size of what one file unpacks to: a million articles of 4 KB
    max_unpacked_bytes: int = 4_000_000_000
    #: unpacked size to packed size: 10 for news text, 100 for copies of one article, 1,000 for a bomb
    max_ratio: int = 200
    #: nesting of archives: a .warc.gz in a .zip is the deepest that was seen in real deliveries
    max_depth: int = 2
    #: files in one .zip; its directory is held in memory, about 500 bytes a file
    max_members: int = 100_000
    #: records in one file; lines of one byte each would fill the ledger with error messages
    max_records: int = 2_000_000
    #: size of the records of one span: preparing and matching texts takes about 20 times their size in memory, so that
    #: 140 articles of 1 MB at once took 3 GB
    max_span_bytes: int = 16_000_000
    #: processor time for reading and cleaning a file, a part of a large file, or a PDF: 10 MB of news take 3 s. It is
    #: processor time of the thread, so that a busy machine is not taken for a hostile file
    max_seconds: float = 30.0
    #: article field -> its name in a JSON record
    json_fields: Mapping[str, str] = field(default_factory=lambda: JSON_FIELDS)
    #: when the time is over, on the clock of ``time.thread_time``; it begins with ``started``
    deadline: float = math.inf

    def started(self) -> "Limits":
        """Return these limits with the clock running; unchanged if it runs already."""
        return self if self.deadline < math.inf else replace(self, deadline=time.thread_time() + self.max_seconds)

    def check_time(self) -> None:
        """Raise TimeBudgetError if the time is over."""
        if time.thread_time() > self.deadline:
            raise TimeBudgetError(
                f"Reading it takes more than {self.max_seconds:g} seconds of processor time, hundreds of times what "
                "news of its size takes: send its articles as separate files."
            )


@dataclass(frozen=True, slots=True)
class Span:
    """A range of consecutive records of a large file, which one worker reads.

    ``first`` is the 0-based number of the first record. ``offset`` is its byte offset if reading can start there,
    else 0: the worker then reads from the start of the file and skips ``first`` records.
    """

    first: int
    count: int
    offset: int = 0


#: every record of a file
WHOLE = Span(first=0, count=0)
