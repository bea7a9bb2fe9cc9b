"""The archive of a service as a settled corpus: read once, in one snapshot, into a file of the work folder."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from worker.bulk.folder import WorkFolder, write_whole
from worker.bulk.schema import SETTLED
from worker.store.read.settled import COLUMNS

_NAME: Final = "archive.parquet"


@dataclass(frozen=True, slots=True)
class StoredArchive:
    """``identity`` differs between archives; ``articles`` reads its rows, of the fields `COLUMNS`."""

    identity: str
    articles: Callable[[], Iterator[Sequence[Sequence[Any]]]]

    @property
    def made_of(self) -> Any:
        """What a run depends on: a run that goes on keeps the snapshot that it took."""
        return self.identity

    def files(self, folder: WorkFolder) -> list[str]:
        """Return the file of the snapshot; write it first if there is none yet."""
        path = folder.path / _NAME
        if not path.exists():
            write_whole(path, self._write)
        return [str(path)]

    def _write(self, draft: Path) -> None:
        with parquet.ParquetWriter(draft, SETTLED, compression="zstd") as writer:
            for rows in self.articles():
                columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
                arrays = [pa.array(columns[field.name], type=field.type) for field in SETTLED]
                writer.write_batch(pa.record_batch(arrays, schema=SETTLED))
