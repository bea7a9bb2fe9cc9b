"""The archive of the bytes of every accepted file, named by their SHA-256, never by names from outside.

Bytes enter the archive before the ledger refers to them, and leave it only for the quarantine or by ``prune``.
"""

import contextlib
import hashlib
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from worker.errors import CopydeskError, MissingBytesError, RetryError
from worker.settings import Settings

#: A suffix helps people and format detection; our paths contain nothing else of a foreign name.
_SUFFIX = re.compile(rb"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z")
_COPY_BYTES = 1 << 20
#: Suffix of the file next to each quarantined file, which says where that came from and why it is there.
_REASON_SUFFIX = ".reason.txt"
#: Folder in archive and quarantine to which ``prune`` moves bytes before it removes them.
_STAGED = ".pruned"
#: Names of kept bytes in a backup: relative to the data folder, whatever the settings call the two folders.
_BACKED_UP = re.compile(
    r"(?:archive/([0-9a-f]{2})/(?=\1)|quarantine/)[0-9a-f]{64}(?:\.[a-z0-9]{1,8}){0,2}"
    r"|quarantine/[0-9a-f]{64}(?:\.[a-z0-9]{1,8}){0,2}\.reason\.txt"
)


def archive_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return the path of these bytes in the archive; ``path`` is the original one, for its suffix."""
    return Path(_archive_location(settings, sha256, path))


def quarantine_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return the path of these bytes in the quarantine; all deliveries of the same bytes share it."""
    return Path(_quarantine_location(settings, sha256, path))


def _archive_location(settings: Settings, sha256: bytes, path: bytes) -> str:
    # a string, because a `Path` costs 8 µs, several times a file
    name = _name(sha256, path)
    return f"{settings.archive}/{name[:2]}/{name}"


def _quarantine_location(settings: Settings, sha256: bytes, path: bytes) -> str:
    return f"{settings.quarantine}/{_name(sha256, path)}"


def _name(sha256: bytes, path: bytes) -> str:
    suffix = _SUFFIX.search(path.rpartition(b"/")[2])
    return sha256.hex() + (suffix.group().decode("ascii").lower() if suffix else "")


def store(settings: Settings, source: BinaryIO, sha256: bytes, path: bytes, *, move: bool) -> None:
    """Store the bytes of ``source``, the open file at ``path``, in the archive.

    With ``move`` the caller will remove ``path``: then a hard link is enough, or else a copy that is synced to the
    disk. Without ``move`` the file may be edited later in its place, so it is always copied.

    Bytes that are kept already are read again: if the disk damaged them, those of ``source`` replace them.

    Raises:
        RetryError: the archive can't be written.
    """
    target = _archive_location(settings, sha256, path)
    try:
        if _is_kept(target, source, sha256):
            return
        if not (move and _link(source, target)):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _copy(source, Path(target), sync=move)
    except OSError as error:
        raise RetryError(f"The archive {settings.archive} can't be written: {error.strerror}.") from error


def _is_kept(target: str, source: BinaryIO, sha256: bytes) -> bool:
    """Return whether the bytes are at ``target`` and undamaged. A kept file that can't be read counts as damaged."""
    try:
        with open(target, "rb") as kept:  # noqa: PTH123
            status = os.fstat(source.fileno())
            found = os.fstat(kept.fileno())
            if os.path.samestat(found, status):
                return True
            return found.st_size == status.st_size and hashlib.file_digest(kept, "sha256").digest() == sha256
    except OSError:
        return False


def _link(source: BinaryIO, target: str) -> bool:
    """Hard-link the open file to ``target``; return False if that is impossible or unsafe."""
    descriptor = source.fileno()
    if os.fstat(descriptor).st_nlink != 1:
        return False  # it has other hard links, through which it may be edited
    with contextlib.suppress(OSError):  # another file system, another owner, or a partial copy left by a crash
        try:
            _link_descriptor(descriptor, target)
        except FileNotFoundError:  # the first file of its folder
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _link_descriptor(descriptor, target)
        return True
    return False


def _link_descriptor(descriptor: int, target: str) -> None:
    # by its descriptor: the path may name another file now
    os.link(f"/proc/self/fd/{descriptor}", target, src_dir_fd=descriptor, follow_symlinks=True)


def _copy(source: BinaryIO, target: Path, *, sync: bool) -> None:
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        source.seek(0)
        with draft.open("wb") as copy:
            shutil.copyfileobj(source, copy, _COPY_BYTES)
            if sync:
                copy.flush()
                os.fsync(copy.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def store_bytes(settings: Settings, data: bytes, sha256: bytes, path: bytes) -> None:
    """Store bytes that arrived without a file in the archive, synced to the disk.

    Raises:
        RetryError: the archive can't be written.
    """
    target = Path(_archive_location(settings, sha256, path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with contextlib.suppress(OSError):  # none is kept, or the disk damaged it: then it is replaced
            if target.read_bytes() == data:
                return
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as copy:
                copy.write(data)
                copy.flush()
                os.fsync(copy.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise RetryError(f"The archive {settings.archive} can't be written: {error.strerror}.") from error


def open_kept(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
    """Open the bytes of an accepted file, from the archive or, when it is retried, from the quarantine.

    Raises:
        MissingBytesError: they are in neither folder.
        RetryError: the archive itself is missing or empty: its disk is not mounted.
    """
    for candidate in _candidate_paths(settings, sha256, path):
        with contextlib.suppress(FileNotFoundError):
            return open(candidate, "rb")  # noqa: PTH123
    if not _has_entries(settings.archive):
        raise RetryError(f"The archive {settings.archive} is empty or gone. Is its disk mounted?")
    raise MissingBytesError(
        f"The file's bytes are missing from {settings.archive}: was the folder moved or cleaned by hand?"
    )


def _has_entries(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except FileNotFoundError:
        return False


def _candidate_paths(settings: Settings, sha256: bytes, path: bytes) -> Iterator[str]:
    """Yield the paths where bytes may be; nearly all are at the first."""
    archived = _archive_location(settings, sha256, path)
    yield archived
    yield _quarantine_location(settings, sha256, path)
    yield from (f"{folder}/{_STAGED}/{_name(sha256, path)}" for folder in (settings.archive, settings.quarantine))
    yield archived  # again: a retry of another delivery of these bytes may just have moved them back


def quarantine(settings: Settings, sha256: bytes, path: bytes, reason: str) -> None:
    """Move the bytes from the archive to the quarantine, and write a file with their original path and the reason."""
    target = quarantine_path(settings, sha256, path)
    with contextlib.suppress(OSError):  # the ledger holds the outcome; the folder only shows it
        settings.quarantine.mkdir(parents=True, exist_ok=True)
        archive_path(settings, sha256, path).replace(target)
        reason_file = target.with_name(target.name + _REASON_SUFFIX)
        reason_file.write_text(f"{os.fsdecode(path)!a}\n{reason}\n", "utf-8")


def unquarantine(settings: Settings, sha256: bytes, path: bytes) -> None:
    """Move bytes from the quarantine back to the archive, once they were processed after all."""
    if not os.access(_quarantine_location(settings, sha256, path), os.F_OK):
        return
    quarantined = quarantine_path(settings, sha256, path)
    with contextlib.suppress(OSError):
        target = archive_path(settings, sha256, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        quarantined.replace(target)
        quarantined.with_name(quarantined.name + _REASON_SUFFIX).unlink()


def exists(settings: Settings, sha256: bytes, path: bytes) -> bool:
    """Return whether the bytes are in the archive or the quarantine."""
    archived = os.access(_archive_location(settings, sha256, path), os.F_OK)
    return archived or os.access(_quarantine_location(settings, sha256, path), os.F_OK)


def stage_removal(settings: Settings, path: Path) -> Path:
    """Move bytes to where readers still find them, before their removal; return the new path."""
    folder = (settings.quarantine if path.parent == settings.quarantine else settings.archive) / _STAGED
    folder.mkdir(exist_ok=True)
    return path.replace(folder / path.name)


def restore(settings: Settings, staged: Path) -> None:
    """Move staged bytes back to where they were."""
    quarantine = staged.parent.parent == settings.quarantine
    target = settings.quarantine / staged.name if quarantine else settings.archive / staged.name[:2] / staged.name
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)


def open_copies(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name in a backup, open bytes) of a content: one per original suffix, and the reason in the quarantine.

    The caller closes them. Nothing is yielded for a suffix whose bytes are missing.
    """
    for path in {_name(sha256, path): path for path in paths}.values():
        with contextlib.suppress(RetryError, MissingBytesError):
            source = open_kept(settings, sha256, path)
            name = _name(sha256, path)
            if Path(source.name).parent != settings.quarantine:
                yield f"archive/{name[:2]}/{name}", source
                continue
            yield f"quarantine/{name}", source
            with contextlib.suppress(FileNotFoundError):
                yield f"quarantine/{name}{_REASON_SUFFIX}", open(source.name + _REASON_SUFFIX, "rb")  # noqa: PTH123, SIM115


def backed_up_sha256(name: str) -> bytes | None:
    """Return the SHA-256 that the bytes with this name in a backup must have; None for a reason.

    Raises:
        CopydeskError: no backup has such a name.
    """
    if not _BACKED_UP.fullmatch(name):
        raise CopydeskError(f"The backup holds a file with the name {name!a}, which no backup has.")
    return None if name.endswith(_REASON_SUFFIX) else bytes.fromhex(name.rpartition("/")[2][:64])


def put_back(settings: Settings, name: str, blocks: Iterable[bytes]) -> None:
    """Write bytes with a name of `open_copies` to their place, which has all of them or none.

    Raises:
        RetryError: the archive can't be written.
    """
    folder, _, place = name.partition("/")
    target = (settings.archive if folder == "archive" else settings.quarantine) / place
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as copy:
            copy.writelines(blocks)
        draft.replace(target)
    except OSError as error:
        raise RetryError(f"The archive {settings.archive} can't be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)


def staged_removals(settings: Settings) -> dict[Path, bytes]:
    """Return the staged bytes that an interrupted removal left, with the SHA-256 of each."""
    paths = [*(settings.archive / _STAGED).glob("*"), *(settings.quarantine / _STAGED).glob("*")]
    return {path: bytes.fromhex(path.name[:64]) for path in paths}


def remove(staged: Path) -> None:
    """Remove staged bytes, and the reason next to them if they were in the quarantine."""
    staged.unlink(missing_ok=True)
    (staged.parent.parent / (staged.name + _REASON_SUFFIX)).unlink(missing_ok=True)
