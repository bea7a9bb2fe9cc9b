"""The work folder of a run: files that appear under their names only when complete, and a manifest.

A run that was killed goes on with the first file that is missing. The manifest says what the files were made of; if
that is not the same now, the folder is emptied.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import ipc

_MANIFEST = "manifest.json"


class WorkFolder:
    """The files of one run, by stage and number."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self, made_of: dict[str, Any]) -> bool:
        """Create the folder; return whether it has files of a run that was made of the same."""
        manifest = self.path / _MANIFEST
        known = orjson.loads(manifest.read_bytes()) if manifest.is_file() else None
        wanted = orjson.loads(orjson.dumps(made_of))
        if known == wanted:
            return True
        self.remove()
        self.path.mkdir(parents=True)
        write_whole(manifest, lambda draft: draft.write_bytes(orjson.dumps(wanted)))
        return False

    def file(self, stage: str, number: int) -> Path:
        """Return the path of one file of a stage."""
        return self.path / stage / f"{number:06}.arrow"

    def missing(self, stage: str, count: int) -> list[int]:
        """Return the numbers of the files of a stage that are still to be made, of ``count``."""
        (self.path / stage).mkdir(exist_ok=True)
        return [number for number in range(count) if not self.file(stage, number).exists()]

    def noted(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return a result that is kept as JSON under ``name``; compute it if there is none yet."""
        path = self.path / f"{name}.json"
        if not path.exists():
            result = orjson.dumps(compute())
            write_whole(path, lambda draft: draft.write_bytes(result))
        return orjson.loads(path.read_bytes())

    def remove(self) -> None:
        """Remove the folder and all that is in it."""
        if self.path.exists():
            shutil.rmtree(self.path)


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Call ``write`` with another path, and rename that to ``path`` when it is written."""
    draft = path.with_name(f".{path.name}.part")
    write(draft)
    draft.replace(path)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file, uncompressed: it is read through a memory map."""

    def write(draft: Path) -> None:
        with ipc.new_file(str(draft), table.schema) as writer:
            writer.write_table(table)

    write_whole(path, write)


def read_table(path: Path) -> pa.Table:
    """Return the table of an Arrow file; its memory is that of the file, which is read where it is used."""
    return ipc.open_file(pa.memory_map(str(path))).read_all()
