"""Scan folders, for the inbox and for a list of inputs: entries that may be files, without those of ignored names."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class EntryState(NamedTuple):
    """The state of a directory entry at a scan; equal states mean that nothing was written in between.

    A tuple, because every scan of a full inbox creates and looks up 100,000 of them.
    """

    path: bytes
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int


class Ignore:
    """Recognise names that are never accepted: dotfiles, temporary names of downloads and editors."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        joined = "|".join(f"(?:{fnmatch.translate(pattern)})" for pattern in patterns)
        self._match = re.compile(joined or r"(?!)", re.IGNORECASE).match

    def __call__(self, name: bytes) -> bool:
        """Return whether to skip an entry of this name and everything below it."""
        return self._match(name.decode("utf-8", "surrogateescape")) is not None


def scan(
    root: Path, ignore: Ignore, known: Mapping[bytes, EntryState], *, unreadable: Callable[[bytes, OSError], None]
) -> Iterator[EntryState]:
    """Yield every entry below ``root`` that is not a folder, in no order; call ``unreadable`` for what can't be read.

    A ``known`` entry is yielded unchanged, without a look at its times, while its path names the same inode.
    """
    pending = [os.fsencode(root)]
    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    before = known.get(entry.path)
                    if before is None and ignore(entry.name):
                        continue
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            pending.append(entry.path)
                            continue
                        same = before is not None and before.inode == entry.inode()
                        seen = before if same else entry_state(entry.path)
                    except OSError as error:  # only this entry: the ones after it must not wait for it
                        unreadable(entry.path, error)
                        continue
                    if seen:
                        yield seen
        except OSError as error:
            unreadable(folder, error)


def find_files(paths: Iterable[Path], ignore: Ignore, *, unreadable: Callable[[bytes, OSError], None]) -> list[bytes]:
    """Return the path of each file once: files as given, whatever their names, and the entries of folders, sorted."""
    files: list[bytes] = []
    for path in paths:
        if path.is_dir():
            files += sorted(entry.path for entry in scan(path, ignore, {}, unreadable=unreadable))
        else:
            files.append(os.fsencode(path))
    return list(dict.fromkeys(files))


def entry_state(path: bytes) -> EntryState | None:
    """Return the entry's present state, None if it is gone."""
    try:
        at = os.lstat(path)
    except FileNotFoundError:
        return None
    return EntryState(path, at.st_size, at.st_mtime_ns, at.st_ctime_ns, at.st_ino)
