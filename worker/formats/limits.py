"""How much a reader may take in, and which run of a large file it is to read.

Plain values without behaviour: settings fill them, every reader obeys them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from worker.errors import QuarantineError

#: our field -> its name in a JSON record; a dotted name ("meta.language") reaches into objects
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
    }
)


class DecompressionBombError(QuarantineError):
    """The file unpacks to so many times its size that nothing of it is taken."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader refuses to go beyond; sizes are bytes."""

    #: one article's raw record and every file of one article: the longest newspaper issue as text is under 2 MB
    max_article_bytes: int = 10_000_000
    #: everything that one file unpacks to: a million articles of 4 KB
    max_unpacked_bytes: int = 4_000_000_000
    #: unpacked to packed; news text packs to a tenth, copies of one article to a hundredth, a bomb to a thousandth
    max_ratio: int = 200
    #: archives in archives: a .warc.gz in a .zip is the deepest that was seen in earnest
    max_depth: int = 2
    #: files in one .zip; its directory stands in memory, about 500 bytes each
    max_members: int = 100_000
    #: records in one file; lines of a byte each would fill the ledger with their sentences
    max_records: int = 2_000_000
    #: our field -> its name in a JSON record
    json_fields: Mapping[str, str] = field(default_factory=lambda: JSON_FIELDS)


@dataclass(frozen=True, slots=True)
class Span:
    """A run of records of a large file: what one worker takes.

    ``first`` is the 0-based number of the first record; ``offset`` its place in bytes where the format can
    be entered there, else 0, which means reading from the start and passing over ``first`` records.
    """

    first: int
    count: int
    offset: int = 0


#: every record of a file
WHOLE = Span(first=0, count=0)
