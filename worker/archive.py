"""Where the bytes of every claimed file are kept: named by their SHA-256, never by names from outside.

Bytes enter the archive before the ledger names them, and leave it only for the quarantine or by ``prune``.
"""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from worker.errors import RetryError
from worker.settings import Settings

#: A suffix helps people and sniffing; anything else of a foreign name stays out of our paths.
_SUFFIX = re.compile(rb"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z")
_COPY_BYTES = 1 << 20
#: Stands beside each quarantined file: where it came from, and why it is there.
_REASON = ".reason.txt"
#: Folder of either place where ``prune`` sets bytes aside before it removes them.
_ASIDE = ".pruned"


def archive_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return where the archive keeps these bytes; ``path`` is the original one, for its suffix."""
    return Path(_archived(settings, sha256, path))


def quarantine_path(settings: Settings, sha256: bytes, path: bytes) -> Path:
    """Return where the quarantine keeps these bytes; several deliveries of the same bytes share the place."""
    return Path(_quarantined(settings, sha256, path))


def _archived(settings: Settings, sha256: bytes, path: bytes) -> str:
    # a string where it will do: as a `Path` it costs 8 µs, several times a file
    name = _name(sha256, path)
    return f"{settings.archive}/{name[:2]}/{name}"


def _quarantined(settings: Settings, sha256: bytes, path: bytes) -> str:
    return f"{settings.quarantine}/{_name(sha256, path)}"


def _name(sha256: bytes, path: bytes) -> str:
    found = _SUFFIX.search(path.rpartition(b"/")[2])
    return sha256.hex() + (found.group().decode("ascii").lower() if found else "")


def store(settings: Settings, source: BinaryIO, sha256: bytes, path: bytes, *, move: bool) -> None:
    """Put the bytes of the open file ``source``, which stands at ``path``, into the archive.

    With ``move`` the caller will remove ``path``: a second name of the same bytes is enough (a hard link), or else a
    copy that is on the disk. Without, the file may be edited later where it stands, so it is always copied.

    Raises:
        RetryError: the archive can't be written.
    """
    target = _archived(settings, sha256, path)
    try:
        with contextlib.suppress(FileNotFoundError):
            if os.stat(target).st_size == os.fstat(source.fileno()).st_size:  # noqa: PTH116
                return
        if not (move and _link(source, target)):
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _copy(source, Path(target), sync=move)
    except OSError as error:
        raise RetryError(f"The archive {settings.archive} can't be written: {error.strerror}.") from error


def _link(source: BinaryIO, target: str) -> bool:
    """Give the very bytes that were read a second name; False where that can't be done."""
    opened = source.fileno()
    if os.fstat(opened).st_nlink != 1:
        return False  # it has other names already, under which it may be edited
    with contextlib.suppress(OSError):  # another file system, a file of another owner, or half a copy from a crash
        try:
            _second_name(opened, target)
        except FileNotFoundError:  # the first of its folder
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            _second_name(opened, target)
        return True
    return False


def _second_name(opened: int, target: str) -> None:
    # by its descriptor: another file may stand at its path by now
    os.link(f"/proc/self/fd/{opened}", target, src_dir_fd=opened, follow_symlinks=True)


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


def open_kept(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
    """Open the bytes of a claimed file, from the archive or, on a second chance, from the quarantine.

    Raises:
        RetryError: they are in neither place.
    """
    for place in _places(settings, sha256, path):
        with contextlib.suppress(FileNotFoundError):
            return open(place, "rb")  # noqa: PTH123
    raise RetryError(f"The file's bytes are missing from {settings.archive}: was the folder moved or cleaned by hand?")


def _places(settings: Settings, sha256: bytes, path: bytes) -> Iterator[str]:
    """Yield where bytes may stand: nearly all in the first place."""
    kept = _archived(settings, sha256, path)
    yield kept
    yield _quarantined(settings, sha256, path)
    yield from (f"{folder}/{_ASIDE}/{_name(sha256, path)}" for folder in (settings.archive, settings.quarantine))
    yield kept  # again: another delivery of these bytes may just have been brought back


def quarantine(settings: Settings, sha256: bytes, path: bytes, reason: str) -> None:
    """Move the bytes from the archive to the quarantine, with their first name and the reason beside them."""
    target = quarantine_path(settings, sha256, path)
    with contextlib.suppress(OSError):  # the ledger holds the outcome; the folder only shows it
        settings.quarantine.mkdir(parents=True, exist_ok=True)
        archive_path(settings, sha256, path).replace(target)
        told = target.with_name(target.name + _REASON)
        told.write_text(f"{os.fsdecode(path)!a}\n{reason}\n", "utf-8")


def unquarantine(settings: Settings, sha256: bytes, path: bytes) -> None:
    """Move bytes that stand in the quarantine back to the archive, once they were processed after all."""
    if not os.access(_quarantined(settings, sha256, path), os.F_OK):
        return
    place = quarantine_path(settings, sha256, path)
    with contextlib.suppress(OSError):
        target = archive_path(settings, sha256, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        place.replace(target)
        place.with_name(place.name + _REASON).unlink()


def exists(settings: Settings, sha256: bytes, path: bytes) -> bool:
    """Tell whether the bytes are where they are kept."""
    return any(os.access(place(settings, sha256, path), os.F_OK) for place in (_archived, _quarantined))


def stage_removal(settings: Settings, place: Path) -> Path:
    """Set kept bytes aside, where they are still found, before they are removed; return where."""
    folder = (settings.quarantine if place.parent == settings.quarantine else settings.archive) / _ASIDE
    folder.mkdir(exist_ok=True)
    return place.replace(folder / place.name)


def restore(settings: Settings, aside: Path) -> None:
    """Put bytes that were set aside back where they were."""
    quarantine = aside.parent.parent == settings.quarantine
    target = settings.quarantine / aside.name if quarantine else settings.archive / aside.name[:2] / aside.name
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(target)


def staged_removals(settings: Settings) -> dict[Path, bytes]:
    """Return what a removal that was cut off left aside, with the SHA-256 that names it."""
    found = [*(settings.archive / _ASIDE).glob("*"), *(settings.quarantine / _ASIDE).glob("*")]
    return {path: bytes.fromhex(path.name[:64]) for path in found}


def remove(aside: Path) -> None:
    """Remove bytes that were set aside, and the reason that stands beside them in the quarantine."""
    aside.unlink(missing_ok=True)
    (aside.parent.parent / (aside.name + _REASON)).unlink(missing_ok=True)
