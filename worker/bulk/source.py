"""Cut the inputs of a run into units of work: files, spans of large files, rows of Parquet files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from worker import formats
from worker.errors import QuarantineError
from worker.formats import Limits, Span

#: Records of a unit, as of a part of a large file in the service: a worker holds them all at once, at about 20 times
#: their size, and their time is limited together.
UNIT_RECORDS: Final = 500
#: Files of a unit, if they are small, and the size of a file that is a unit of its own.
_UNIT_FILES: Final = 500
_LARGE_BYTES: Final = 1_000_000
PARQUET: Final = ".parquet"


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A file, or one span of it."""

    number: int
    path: str
    span: tuple[int, int, int] | None = None


def find_inputs(paths: Sequence[Path]) -> list[Path]:
    """Return the files among ``paths`` and in their folders, in order; hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        inside = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        found += [p for p in inside if p == path or not any(part[0] in "._" for part in p.relative_to(path).parts)]
    return found


def cut(files: Sequence[Path], limits: Limits) -> list[list[SourcePart]]:
    """Return the units, each as parts of files that are read one after the other."""
    units: list[list[SourcePart]] = []
    small: list[SourcePart] = []
    for number, path in enumerate(files):
        if path.suffix != PARQUET and path.stat().st_size < _LARGE_BYTES:
            small.append(SourcePart(number, str(path)))
            if len(small) == _UNIT_FILES:
                units.append(small)
                small = []
        else:
            if small:
                units.append(small)
                small = []
            spans = _parquet_spans(path) if path.suffix == PARQUET else _spans(path, limits)
            units += [[SourcePart(number, str(path), span)] for span in spans]
    return [*units, small] if small else units


def _spans(path: Path, limits: Limits) -> Iterator[tuple[int, int, int] | None]:
    with path.open("rb") as source:
        try:
            spans: Sequence[Span] = formats.spans(source, path.name, limits, UNIT_RECORDS)
        except QuarantineError:
            spans = []  # reading it says why
    yield from ((span.first, span.count, span.offset) for span in spans)
    if not spans:
        yield None


def _parquet_spans(path: Path) -> Iterator[tuple[int, int, int]]:
    """Yield (first row, number of rows, row group); no span crosses a row group."""
    from pyarrow import parquet

    first = 0
    metadata = parquet.ParquetFile(path).metadata
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for start in range(0, rows, UNIT_RECORDS):
            yield first + start, min(UNIT_RECORDS, rows - start), group
        first += rows
