"""Find and open the inputs of a run: files as given, those of folders, and objects of a bucket, as the inbox does.

What can't be read is an input with a fault: it becomes a line in the list of refused records, and is never passed over
silently.
"""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from worker.bulk.faults import refusal
from worker.display import escape_path
from worker.scanner import Ignore, find_files
from worker.settings.places import BucketUrl

#: Names that are left out of folders besides those that the inbox ignores: other tools mark with them what is no data,
#: as ``_SUCCESS`` next to Parquet files.
_MARKS: Final = "_*"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read, or with a ``fault`` a file or folder that can't be read.

    ``path`` is the URL of an object · ``state``: its tag, or the time of writing of a file
    """

    path: str
    size: int = 0
    state: str = ""
    fault: str | None = None

    @property
    def shown_path(self) -> str:
        """The path as valid text: see `escape_path`."""
        return escape_path(os.fsencode(self.path))


def find_inputs(places: Sequence[Path | BucketUrl], ignored: tuple[str, ...]) -> list[InputFile]:
    """Return the files among ``places`` and in their folders, in order, without those of ``ignored`` names in folders.

    As in the inbox, a link in a folder is not followed: who may write there need not be who may read what it names.
    What is in buckets follows.

    Raises:
        CopydeskError: a bucket can't be listed.
    """
    ignore = Ignore((*ignored, _MARKS))
    files = _files([place for place in places if isinstance(place, Path)], ignore)
    for url in (place for place in places if isinstance(place, BucketUrl)):
        from worker.bulk.objects import find_objects  # its library is optional

        files += find_objects(url, ignore)
    return files


def _files(paths: Sequence[Path], ignore: Ignore) -> list[InputFile]:
    faults: list[InputFile] = []

    def unreadable(path: bytes, error: OSError) -> None:
        faults.append(InputFile(os.fsdecode(path), fault=refusal(error)))

    given = set(map(os.fsencode, paths))
    files = find_files(paths, ignore, unreadable=unreadable)
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


def is_object(path: str) -> bool:
    """Return whether this is the URL of an object: a path has no two slashes in sequence."""
    return "://" in path


def open_input(path: str, state: str) -> BinaryIO:
    """Open a file, or an object in this state, to be read in pieces.

    Raises:
        OSError: the file can't be opened.
        ObjectError: the object was replaced or removed, or the storage refuses to read it.
        RetryError: the storage does not answer.
    """
    if not is_object(path):
        return Path(path).open("rb")
    from worker.bulk.objects import open_listed

    return open_listed(path, state)


def first_bytes(file: InputFile, length: int) -> bytes:
    """Return up to ``length`` bytes of the beginning; see `open_input`."""
    if not is_object(file.path):
        with Path(file.path).open("rb") as source:
            return source.read(length)
    from worker.bulk import objects

    return objects.first_bytes(file.path, file.state, min(length, file.size))
