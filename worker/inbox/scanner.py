"""A folder in, its entries as they stand out: what may be a file to take, and what is left alone by its name."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Sighting(NamedTuple):
    """A directory entry as it stood at a scan; equal sightings mean that nothing was written between.

    A tuple: 100,000 of them are made and looked up at every scan of a full inbox.
    """

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Ignore:
    """Tells names that are never taken: dotfiles, temporary names of downloads and editors."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        joined = "|".join(f"(?:{fnmatch.translate(pattern)})" for pattern in patterns)
        self._match = re.compile(joined or r"(?!)", re.IGNORECASE).match

    def __call__(self, name: bytes) -> bool:
        """Return whether an entry of this name is left alone, with all that is below it."""
        return self._match(name.decode("utf-8", "surrogateescape")) is not None


def scan(
    root: Path, ignore: Ignore, known: Mapping[bytes, Sighting], *, unreadable: Callable[[bytes, OSError], None]
) -> Iterator[Sighting]:
    """Yield every entry below ``root`` that is not a folder, in no order; what can't be looked at is reported.

    What is ``known`` is yielded as it was known, while the same file bears the name.
    """
    waiting = [os.fsencode(root)]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    before = known.get(entry.path)
                    if before is None and ignore(entry.name):
                        continue
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
                            continue
                        same = before is not None and before.inode == entry.inode()
                        seen = before if same else sighting(entry.path)
                    except OSError as error:  # of this entry alone: those behind it must not wait for it
                        unreadable(entry.path, error)
                        continue
                    if seen:
                        yield seen
        except OSError as error:
            unreadable(folder, error)


def sighting(path: bytes) -> Sighting | None:
    """Return how the entry stands now; None where it is gone."""
    try:
        at = os.lstat(path)
    except FileNotFoundError:
        return None
    return Sighting(path, at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino)
