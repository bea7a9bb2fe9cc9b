"""A stored article goes in, what its reader yields of its kept bytes today comes out.

A file, or the part of a large one, is read once for all of its articles that are asked for one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker import archive, formats
from worker.article import Article, BadRecord
from worker.errors import CopydeskError
from worker.pipeline.prepare import reader_limits
from worker.settings import Settings
from worker.store.reprocess import StoredArticle

#: Files whose articles are kept for the next that is asked for: a part holds some hundred, one article a few KB.
_KEPT_FILES = 4

_Records = Mapping[int, Article | BadRecord] | CopydeskError


@dataclass
class Reader:
    """Reads kept bytes again."""

    settings: Settings
    _read: dict[tuple[int, int | None], _Records] = field(default_factory=dict)

    def __call__(self, old: StoredArticle) -> Article | BadRecord:
        """Return the record that an article was made of.

        Raises:
            CopydeskError: the bytes are gone, can't be read any more, or hold no such record today.
        """
        key = old.file_id, old.first_record
        if key not in self._read:
            while len(self._read) >= _KEPT_FILES:
                del self._read[next(iter(self._read))]
            self._read[key] = self._records(old)
        found = self._read[key]
        if isinstance(found, CopydeskError):
            raise found
        if old.position not in found:
            raise CopydeskError(f"Its file holds no record {old.position + 1} any more, as it is read today.")
        return found[old.position]

    def _records(self, old: StoredArticle) -> _Records:
        if old.sha256 is None:  # pragma: no cover - an article is only made of bytes that were kept
            return CopydeskError("Its bytes were never kept.")
        if old.pruned_at:
            return CopydeskError("The bytes of its file were removed by `copydesk prune`.")
        name = old.path.rpartition(b"/")[2].decode("utf-8", "replace")
        span = None
        if old.first_record is not None:
            span = formats.Span(old.first_record, old.records or 0, old.byte_offset or 0)
        try:
            with archive.open_kept(self.settings, old.sha256, old.path) as source:
                return {
                    record.position: record for record in formats.read(source, name, reader_limits(self.settings), span)
                }
        except CopydeskError as error:
            return error
        except Exception as error:  # as in `prepare`: a fault of a library in one file is no other's affair
            return CopydeskError(f"Its bytes can't be read: {type(error).__name__}: {error}")
