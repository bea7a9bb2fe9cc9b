"""The archive in a folder: hard links, or copies synced to the disk, put in place by renaming."""

import contextlib
import hashlib
import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import BinaryIO

from worker.archive.names import QUARANTINE, REASON_SUFFIX, STAGED, kept_name, name_in_backup
from worker.errors import MissingBytesError, RetryError
from worker.process.sync import sync_to_disk
from worker.settings import Settings

_COPY_BYTES = 1 << 20


def archive_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return the path of these bytes in the archive; ``path`` is the original one, for its suffix."""
    return Path(_archive_location(settings, sha256, path))


def quarantine_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return the path of these bytes in the quarantine; all deliveries of the same bytes share it."""
    return Path(_quarantine_location(settings, sha256, path))


def _archive_location(settings: Settings, sha256: bytes, path: bytes) -> str:
    # a string, because a `Path` costs 8 µs, several times a file
    name = kept_name(sha256, path)
    return f"{settings.archive}/{name[:2]}/{name}"


def _quarantine_location(settings: Settings, sha256: bytes, path: bytes) -> str:
    return f"{settings.quarantine}/{kept_name(sha256, path)}"


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
    with contextlib.suppress(OSError):  # none is kept, or the disk damaged it: then it is replaced
        if target.read_bytes() == data:
            sync_to_disk(target)  # it may have been stored without
            _sync_folders(target)
            return
    store_blocks(settings, (data,), sha256, path)


def store_blocks(settings: Settings, blocks: Iterable[bytes], sha256: bytes, path: bytes) -> None:
    """Store bytes that arrive in blocks in the archive, synced to the disk, in place of those that it has.

    Raises:
        RetryError: the archive can't be written.
    """
    target = Path(_archive_location(settings, sha256, path))
    draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as copy:
                copy.writelines(blocks)
                copy.flush()
                os.fsync(copy.fileno())
            draft.replace(target)
            _sync_folders(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise RetryError(f"The archive {settings.archive} can't be written: {error.strerror}.") from error


def _sync_folders(target: Path) -> None:
    """Sync the name of a file to the disk, and that of its folder, which may be new."""
    sync_to_disk(target.parent)
    sync_to_disk(target.parent.parent)


def open_kept(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
    """Open the bytes of an accepted file, from the archive or, when it is retried, from the quarantine.

    Raises:
        MissingBytesError: they are in neither folder.
        RetryError: the archive itself is missing or empty: its disk is not mounted.
    """
    for candidate in _candidate_paths(settings, sha256, path):
        with contextlib.suppress(FileNotFoundError):
            return open(candidate, "rb")  # noqa: PTH123
    if not _has_entries(settings.archive_folder):
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
    yield from (f"{folder}/{STAGED}/{kept_name(sha256, path)}" for folder in (settings.archive, settings.quarantine))
    yield archived  # again: a retry of another delivery of these bytes may just have moved them back


def quarantine(settings: Settings, sha256: bytes, path: bytes, reason: str) -> None:
    """Move the bytes from the archive to the quarantine, and write a file with their original path and the reason."""
    target = quarantine_path(settings, sha256, path)
    with contextlib.suppress(OSError):  # the ledger holds the outcome; the folder only shows it
        settings.quarantine.mkdir(parents=True, exist_ok=True)
        archive_path(settings, sha256, path).replace(target)
        reason_file = target.with_name(target.name + REASON_SUFFIX)
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
        quarantined.with_name(quarantined.name + REASON_SUFFIX).unlink()


def exists(settings: Settings, sha256: bytes, path: bytes) -> bool:
    """Return whether the bytes are in the archive or the quarantine."""
    archived = os.access(_archive_location(settings, sha256, path), os.F_OK)
    return archived or os.access(_quarantine_location(settings, sha256, path), os.F_OK)


def kept(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> list[tuple[PurePath, int]]:
    """Return where this content is kept, one place per original suffix in archive and quarantine, and its bytes."""
    places = {archive_path(settings, sha256, path) for path in paths}
    places |= {quarantine_path(settings, sha256, path) for path in paths}
    return [(place, place.stat().st_size) for place in sorted(places) if place.is_file()]


def stage_removal(settings: Settings, place: PurePath) -> PurePath:
    """Move bytes to where readers still find them, before their removal; return the new place."""
    folder = (settings.quarantine if place.parent == settings.quarantine else settings.archive_folder) / STAGED
    folder.mkdir(exist_ok=True)
    return Path(place).replace(folder / place.name)


def restore(settings: Settings, staged: PurePath) -> None:
    """Move staged bytes back to where they were."""
    quarantined = staged.parent.parent == settings.quarantine
    archived = settings.archive_folder / staged.name[:2] / staged.name
    target = settings.quarantine / staged.name if quarantined else archived
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(staged).replace(target)


def open_copies(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name in a backup, open bytes) of a content: one per original suffix, and the reason in the quarantine.

    The caller closes them. Nothing is yielded for a suffix whose bytes are missing.
    """
    for path in {kept_name(sha256, path): path for path in paths}.values():
        with contextlib.suppress(RetryError, MissingBytesError):
            source = open_kept(settings, sha256, path)
            quarantined = Path(source.name).parent == settings.quarantine
            name = name_in_backup(kept_name(sha256, path), quarantined=quarantined)
            yield name, source
            if quarantined:
                with contextlib.suppress(FileNotFoundError):
                    yield name + REASON_SUFFIX, open(source.name + REASON_SUFFIX, "rb")  # noqa: PTH123, SIM115


def put_back(settings: Settings, name: str, blocks: Iterable[bytes]) -> None:
    """Write bytes with a name of `open_copies` to their place, which has all of them or none.

    Raises:
        RetryError: the archive can't be written.
    """
    folder, _, place = name.partition("/")
    target = (settings.quarantine if folder == QUARANTINE else settings.archive_folder) / place
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


def staged_removals(settings: Settings) -> dict[PurePath, bytes]:
    """Return the staged bytes that an interrupted removal left, with the SHA-256 of each."""
    paths = [*(settings.archive_folder / STAGED).glob("*"), *(settings.quarantine / STAGED).glob("*")]
    return {path: bytes.fromhex(path.name[:64]) for path in paths}


def remove(settings: Settings, staged: PurePath) -> None:  # noqa: ARG001  other storages need them
    """Remove staged bytes, and the reason next to them if they were in the quarantine."""
    Path(staged).unlink(missing_ok=True)
    Path(staged.parent.parent / (staged.name + REASON_SUFFIX)).unlink(missing_ok=True)
