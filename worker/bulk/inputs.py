"""Find the inputs of a run: files as given, and those of folders, which are scanned like the inbox.

What can't be read is an input with a fault: it becomes a line in the list of refused records, and is never passed over
silently.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from worker.bulk.faults import refusal
from worker.display import escape_path
from worker.scanner import Ignore, find_files

#: Names that are left out of folders besides those that the inbox ignores: other tools mark with them what is no data,
#: as ``_SUCCESS`` next to Parquet files.
_MARKS: Final = "_*"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, or with a ``fault`` a file or folder that can't be read; ``state`` is its time of writing."""

    path: str
    size: int = 0
    state: str = ""
    fault: str | None = None

    @property
    def shown_path(self) -> str:
        """The path as valid text: see `escape_path`."""
        return escape_path(os.fsencode(self.path))


def find_inputs(paths: Sequence[Path], ignored: tuple[str, ...]) -> list[InputFile]:
    """Return the files among ``paths`` and in their folders, in order, without those of ``ignored`` names in folders.

    As in the inbox, a link in a folder is not followed: who may write there need not be who may read what it names.
    """
    faults: list[InputFile] = []

    def unreadable(path: bytes, error: OSError) -> None:
        faults.append(InputFile(os.fsdecode(path), fault=refusal(error)))

    given = set(map(os.fsencode, paths))
    files = find_files(paths, Ignore((*ignored, _MARKS)), unreadable=unreadable)
    found = [file for path in files if (file := _local(path, is_given=path in given))]
    return [*found, *sorted(faults, key=lambda file: file.path)]


def _local(path: bytes, *, is_given: bool) -> InputFile | None:
    """Return a file, None for a link or pipe in a folder."""
    try:
        now = os.stat(path) if is_given else os.lstat(path)  # noqa: PTH116  paths are bytes
    except OSError as error:
        return InputFile(os.fsdecode(path), fault=refusal(error))
    if not stat.S_ISREG(now.st_mode) and not is_given:
        return None
    return InputFile(os.fsdecode(path), now.st_size, str(now.st_mtime_ns))
