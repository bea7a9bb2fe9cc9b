"""The work folder of a run: files that appear under their names only when complete, a manifest and a lock.

A run that was killed goes on with the first file that is missing. The manifest says what the files were made of; if
that is not the same now, the folder is emptied. The lock is created first and removed last: a folder without it is not
ours.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
from pyarrow import ipc

from worker.errors import CopydeskError
from worker.process.sync import sync_to_disk

_MANIFEST = "manifest.json"
_LOCK = ".copydesk-bulk.lock"
_HELD = "held"
#: The stage that cuts the input.
UNITS = "units"


class WorkFolder:
    """The files of one run, by stage and number."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Create the folder, and hold it against other runs.

        Raises:
            CopydeskError: another run has it, or it is not a work folder.
        """
        with suppress(FileExistsError):
            self.path.mkdir()
        if not self.path.is_dir() or ([*self.path.iterdir()] and not (self.path / _LOCK).exists()):
            raise CopydeskError(f"{self.path} is not of an earlier run, and would be emptied: move it away.")
        with (self.path / _LOCK).open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise CopydeskError(f"Another run works in {self.path}.") from error
            if not (self.path / _LOCK).exists():  # a run that ended in between has removed the folder
                raise CopydeskError(f"{self.path} was just removed by another run: give the command again.")
            yield

    def open(self, made_of: dict[str, Any]) -> bool:
        """Empty the folder unless its files were made of the same; return whether they were."""
        manifest = self.path / _MANIFEST
        wanted = orjson.loads(orjson.dumps(made_of))
        if manifest.is_file() and orjson.loads(manifest.read_bytes()) == wanted:
            return True
        self._empty()
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

    @contextmanager
    def held(self, stage: str, number: int) -> Iterator[int]:
        """Mark a unit while this process works on it; yield how many processes ended with it before."""
        mark = self.path / _HELD / f"{stage}-{number}"
        mark.parent.mkdir(exist_ok=True)
        deaths = int(mark.read_bytes() or b"0") if mark.exists() else 0
        mark.write_bytes(b"%d" % (deaths + 1))
        try:
            yield deaths
        finally:
            mark.unlink(missing_ok=True)

    def deaths(self) -> dict[str, int]:
        """Return how many processes ended with each unit that is marked."""
        return {mark.name: int(mark.read_bytes() or b"0") for mark in (self.path / _HELD).glob("*")}

    def forget_all_but(self, stages: Collection[str]) -> None:
        """Remove what was made of the results of these stages; the notes first, which say what is complete."""
        kept = {_MANIFEST, _LOCK, UNITS, *stages}
        own = [path for path in self.path.iterdir() if path.name not in kept]
        for path in sorted(own, key=lambda path: path.is_dir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        sync_to_disk(self.path)

    def remove(self) -> None:
        """Remove the folder and all that is in it, while it is locked."""
        self._empty()
        (self.path / _LOCK).unlink()
        self.path.rmdir()

    def _empty(self) -> None:
        """Remove all but the lock: the manifest first, so that no run goes on with a part of the files."""
        (self.path / _MANIFEST).unlink(missing_ok=True)
        sync_to_disk(self.path)
        for path in self.path.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != _LOCK:
                path.unlink()


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Call ``write`` with another path; rename that to ``path`` when it is written and on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(draft)
        sync_to_disk(draft)
        draft.replace(path)
        sync_to_disk(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file, uncompressed: it is read through a memory map."""

    def write(draft: Path) -> None:
        with ipc.new_file(str(draft), table.schema) as writer:
            writer.write_table(table)

    write_whole(path, write)


def read_table(path: Path) -> pa.Table:
    """Return the table of an Arrow file; its memory is that of the file, which is read where it is used."""
    return ipc.open_file(pa.memory_map(str(path))).read_all()
