"""Cut the inputs of a run into units of work: files, spans of large files, rows of Parquet files."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby, repeat
from typing import Final

from worker import formats
from worker.bulk.faults import refusal
from worker.bulk.inputs import InputFile, first_bytes, is_object, open_input
from worker.display import escape_path
from worker.errors import ObjectError, QuarantineError
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
#: Objects that are asked for at once, and those of which the answers may wait: each of up to 4 MB while it is read.
REQUESTS: Final = 8
_AHEAD: Final = 512


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A file in this ``state``, or one ``span`` of it: first record, number of records, byte offset.

    ``sequence``: where reading can't start at the span, a number that the parts have in common which one reader takes
    in turn: of a Parquet file that of the row group. ``fault``: why the file, or a folder, is refused as a whole; it
    ``is_unreadable`` if what it holds is not known.
    """

    number: int
    path: str
    state: str = ""
    span: tuple[int, int, int] | None = None
    sequence: int | None = None
    fault: str | None = None
    is_unreadable: bool = False

    @property
    def shown_path(self) -> str:
        """The path as valid text: see `escape_path`."""
        return escape_path(os.fsencode(self.path))


def cut(files: Sequence[InputFile], limits: Limits, advance: Callable[[int], None]) -> Iterator[list[SourcePart]]:
    """Yield the units, each as parts of files that are read one after the other.

    ``advance`` is called with the number of files that are cut.
    """
    unit: list[SourcePart] = []
    room = 0  # bytes that the unit can still take
    for number, (parts, size) in enumerate(_cut_ahead(files, limits)):
        if not unit or size > min(room, _LARGE_BYTES) or len(unit) == _UNIT_FILES:
            if unit:
                yield unit
            yield from ([part] for part in parts[:-1])
            unit = parts[-1:]
            room = limits.max_span_bytes if size <= _LARGE_BYTES else 0
        else:
            unit += parts
        room -= size
        advance(number + 1)
    if unit:
        yield unit


def _cut_ahead(files: Sequence[InputFile], limits: Limits) -> Iterator[tuple[list[SourcePart], int]]:
    """Yield the parts of each file and its size; several objects are asked for at once, as an answer takes long."""
    with ThreadPoolExecutor(REQUESTS) as threads:
        for start in range(0, len(files), _AHEAD):
            numbers, some = range(start, start + _AHEAD), files[start : start + _AHEAD]
            of_one = threads.map if any(is_object(file.path) for file in some) else map
            yield from of_one(_parts, numbers, some, repeat(limits))


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
    try:
        packed = not is_parquet(file.path) and _is_packed(file)
        spans = list(_parquet_spans(file, limits) if is_parquet(file.path) else _spans(file, packed, limits))
        if spans:
            return [SourcePart(number, file.path, file.state, *span) for span in spans], limits.max_span_bytes + 1
        return [SourcePart(number, file.path, file.state)], file.size * limits.max_ratio if packed else file.size
    except Exception as error:
        fault, is_unreadable = refusal(error), isinstance(error, OSError | ObjectError)
        return [SourcePart(number, file.path, fault=fault, is_unreadable=is_unreadable)], 0


def is_parquet(path: str) -> bool:
    """Return whether a file is to be read as Parquet."""
    return path.endswith(PARQUET)


def _is_packed(file: InputFile) -> bool:
    return BY_NAME[formats.sniff(first_bytes(file, SAMPLE_BYTES), name_of(file.path))].unpack is not None


def _spans(file: InputFile, packed: bool, limits: Limits) -> Iterator[tuple[tuple[int, int, int], int | None]]:
    """Yield the spans of a file that is large or packed, with the number of their sequence."""
    if file.size < _LARGE_BYTES and not packed:
        return
    with open_input(file.path, file.state) as source:
        spans = formats.spans(source, name_of(file.path), limits, UNIT_RECORDS)
    in_sequence = 0 if any(span.first and not span.offset for span in spans) else None
    yield from (((span.first, span.count, span.offset), in_sequence) for span in spans)


def name_of(path: str) -> str:
    """Return the last part of a path or URL, as text."""
    return os.fsencode(path).rpartition(b"/")[2].decode("utf-8", "replace")


def _parquet_spans(file: InputFile, limits: Limits) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Yield the rows of each part, with the number of their row group."""
    from pyarrow import parquet

    first = 0
    with open_input(file.path, file.state) as source:
        metadata = parquet.ParquetFile(source).metadata
    if not metadata.num_rows:
        raise QuarantineError("The file (Parquet) is sound but holds no article.")
    for group in range(metadata.num_row_groups):
        rows, size = metadata.row_group(group).num_rows, metadata.row_group(group).total_byte_size
        most = max(1, min(UNIT_RECORDS, limits.max_span_bytes * rows // max(size, 1)))
        for start in range(0, rows, most):
            yield (first + start, min(most, rows - start), 0), group
        first += rows
