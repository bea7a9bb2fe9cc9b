"""Cut the inputs of a run into units of work: files, spans of large files, rows of Parquet files."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from worker import formats
from worker.bulk.faults import refusal
from worker.bulk.inputs import InputFile
from worker.display import escape_path
from worker.errors import QuarantineError
from worker.formats import Limits
from worker.formats.registry import BY_NAME
from worker.formats.stream import SAMPLE_BYTES

#: Records of a unit, as of a part of a large file in the service: a worker holds them all at once, at about 20 times
#: their size (of which a unit has ``max_span_bytes`` at most), and their time is limited together.
UNIT_RECORDS: Final = 500
#: Files of a unit, if they are small, and the size of a file that is a unit of its own.
_UNIT_FILES: Final = 500
_LARGE_BYTES: Final = 1_000_000
PARQUET: Final = ".parquet"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A file, or one ``span`` of it: first record, number of records, byte offset.

    ``sequence``: where reading can't start at the span, a number that the parts have in common which one reader takes
    in turn: of a Parquet file that of the row group. ``fault``: why the file, or a folder, is refused as a whole; it
    ``is_unreadable`` if what it holds is not known.
    """

    number: int
    path: str
    span: tuple[int, int, int] | None = None
    sequence: int | None = None
    fault: str | None = None
    is_unreadable: bool = False

    @property
    def shown_path(self) -> str:
        """The path as valid text: see `escape_path`."""
        return escape_path(os.fsencode(self.path))


def cut(files: Sequence[InputFile], limits: Limits, advance: Callable[[int], None]) -> list[list[SourcePart]]:
    """Return the units, each as parts of files that are read one after the other.

    ``advance`` is called with the number of files that are cut.
    """
    units: list[list[SourcePart]] = []
    room = 0  # bytes that the last unit can still take
    for number, file in enumerate(files):
        parts, size = _parts(number, file, limits)
        if not units or size > min(room, _LARGE_BYTES) or len(units[-1]) == _UNIT_FILES:
            units += [[part] for part in parts]
            room = limits.max_span_bytes if size <= _LARGE_BYTES else 0
        else:
            units[-1] += parts
        room -= size
        advance(number + 1)
    return units


def in_turn(units: Sequence[Sequence[SourcePart]], missing: Sequence[int], workers: int) -> Iterator[list[int]]:
    """Yield the numbers of the ``missing`` units that one worker reads.

    A sequence is divided among the workers; each of them passes over what is before its own parts.
    """

    def key(number: int) -> tuple[str, int, int]:
        part = units[number][0]
        return (part.path, part.sequence, 0) if part.sequence is not None else (part.path, -1, number)

    for _, numbers in groupby(missing, key):
        own = list(numbers)
        share = -(-len(own) // workers)
        yield from (own[start : start + share] for start in range(0, len(own), share))


def _parts(number: int, file: InputFile, limits: Limits) -> tuple[list[SourcePart], int]:
    """Return the parts of a file, and its size unpacked at most; of one in several parts, more than any unit takes."""
    if file.fault:
        return [SourcePart(number, file.path, fault=file.fault, is_unreadable=True)], 0
    path, size = Path(file.path), file.size
    try:
        spans = list(_parquet_spans(path, limits) if path.suffix == PARQUET else _spans(path, size, limits))
        if spans:
            return [SourcePart(number, str(path), *span) for span in spans], limits.max_span_bytes + 1
        return [SourcePart(number, str(path))], size * limits.max_ratio if _is_packed(path) else size
    except Exception as error:
        fault, is_unreadable = refusal(error), isinstance(error, OSError)
        return [SourcePart(number, file.path, fault=fault, is_unreadable=is_unreadable)], 0


def _is_packed(path: Path) -> bool:
    with path.open("rb") as source:
        return BY_NAME[formats.sniff(source.read(SAMPLE_BYTES), path.name)].unpack is not None


def _spans(path: Path, size: int, limits: Limits) -> Iterator[tuple[tuple[int, int, int], int | None]]:
    """Yield the spans of a file that is large or packed, with the number of their sequence."""
    if size < _LARGE_BYTES and not _is_packed(path):
        return
    with path.open("rb") as source:
        spans = formats.spans(source, path.name, limits, UNIT_RECORDS)
    in_sequence = 0 if any(span.first and not span.offset for span in spans) else None
    yield from (((span.first, span.count, span.offset), in_sequence) for span in spans)


def _parquet_spans(path: Path, limits: Limits) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Yield the rows of each part, with the number of their row group."""
    from pyarrow import parquet

    first = 0
    metadata = parquet.ParquetFile(path).metadata
    if not metadata.num_rows:
        raise QuarantineError("The file (Parquet) is sound but holds no article.")
    for group in range(metadata.num_row_groups):
        rows, size = metadata.row_group(group).num_rows, metadata.row_group(group).total_byte_size
        most = max(1, min(UNIT_RECORDS, limits.max_span_bytes * rows // max(size, 1)))
        for start in range(0, rows, most):
            yield (first + start, min(most, rows - start), 0), group
        first += rows
