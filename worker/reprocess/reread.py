"""Read the record of a stored article again from the archive, with the current reader.

A file, or a part of a large file, is read once for consecutive articles of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from worker import archive, formats
from worker.article import Article, BadRecord
from worker.errors import CopydeskError, QuarantineError, RetryError
from worker.formats.faults import CONTENT_ERRORS, file_fault
from worker.pipeline.reader_limits import reader_limits
from worker.settings import Settings
from worker.store.reprocess import StoredArticle

#: Maximum number of files whose records are cached: a part has a few hundred records of a few KB.
_MAX_FILES = 4
#: Processor time for reading one article again, with the records before it: a person waits for it.
_SECONDS_FOR_ONE = 5.0

_Records = Mapping[int, Article | BadRecord] | CopydeskError


@dataclass
class Reader:
    """Reads archived files again."""

    settings: Settings
    _read: dict[tuple[int, int | None], _Records] = field(default_factory=dict)

    def __call__(self, stored: StoredArticle) -> Article | BadRecord:
        """Return the record from which an article was made.

        Raises:
            CopydeskError: the bytes are gone, can't be read any more, or no longer contain the record.
            RetryError: the disk failed; this says nothing about the record.
        """
        key = stored.file_id, stored.first_record
        if key not in self._read:
            while len(self._read) >= _MAX_FILES:
                del self._read[next(iter(self._read))]
            self._read[key] = self._records(stored)
        records = self._read[key]
        if isinstance(records, CopydeskError):
            raise records
        if stored.position not in records:
            raise _no_record(stored)
        return records[stored.position]

    def _records(self, stored: StoredArticle) -> _Records:
        try:
            return {
                record.position: record for record in _outcomes(self.settings, stored, reader_limits(self.settings))
            }
        except RetryError:
            raise
        except CopydeskError as error:
            return error


def read_one(settings: Settings, stored: StoredArticle) -> Article | BadRecord:
    """Return the record from which an article was made, without keeping or reading on in the rest of its file.

    Raises:
        CopydeskError: the bytes are gone, can't be read any more, or no longer contain the record.
        RetryError: the disk failed; this says nothing about the record.
    """
    limits = replace(reader_limits(settings), max_seconds=_SECONDS_FOR_ONE).started()
    for record in _outcomes(settings, stored, limits):
        if record.position == stored.position:
            return record
    raise _no_record(stored)


def _no_record(stored: StoredArticle) -> CopydeskError:
    return CopydeskError(f"Its file holds no record {stored.position + 1} any more, as it is read today.")


def _outcomes(settings: Settings, stored: StoredArticle, limits: formats.Limits) -> Iterator[Article | BadRecord]:
    """Yield the records of the article's file, or of its part of a large file."""
    if stored.sha256 is None:
        raise CopydeskError("The bytes of its file were not kept: `copydesk bulk` loaded it.")
    if stored.pruned_at:
        raise CopydeskError("The bytes of its file were removed by `copydesk prune` or `copydesk erase`.")
    name = stored.path.rpartition(b"/")[2].decode("utf-8", "replace")
    span = None
    if stored.first_record is not None:
        span = formats.Span(stored.first_record, stored.records or 0, stored.byte_offset or 0)
    try:
        with archive.open_kept(settings, stored.sha256, stored.path) as source:
            yield from formats.read(source, name, limits, span)
    except QuarantineError:
        raise
    except CONTENT_ERRORS as error:
        raise file_fault(error) from error
