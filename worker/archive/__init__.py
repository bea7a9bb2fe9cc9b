"""The archive of the bytes of every accepted file, named by their SHA-256, never by names from outside.

Bytes enter the archive before the ledger refers to them, and leave it only for the quarantine or by ``prune``. It is a
folder or a place in a bucket; both keep the same promises, and callers do not know which it is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePath
from typing import BinaryIO

from worker.archive import folder
from worker.archive.names import backed_up_sha256 as backed_up_sha256
from worker.archive.storage import ArchiveStorage
from worker.settings import Settings
from worker.settings.places import BucketUrl


def _storage(settings: Settings) -> ArchiveStorage:
    if not is_remote(settings):
        return folder
    from worker.archive import bucket  # its library is optional

    return bucket


def is_remote(settings: Settings) -> bool:
    """Return whether each access is a request, so that it pays to make several at a time."""
    return isinstance(settings.archive, BucketUrl)


def store(settings: Settings, source: BinaryIO, sha256: bytes, path: bytes, *, move: bool) -> None:
    """Store the bytes of ``source``, the open file at ``path``; with ``move`` the caller will remove ``path``.

    Raises:
        RetryError: the archive can't be written.
    """
    _storage(settings).store(settings, source, sha256, path, move=move)


def store_bytes(settings: Settings, data: bytes, sha256: bytes, path: bytes) -> None:
    """Store bytes that arrived without a file.

    Raises:
        RetryError: the archive can't be written.
    """
    _storage(settings).store_bytes(settings, data, sha256, path)


def store_blocks(settings: Settings, blocks: Iterable[bytes], sha256: bytes, path: bytes) -> None:
    """Store bytes that arrive in blocks, in place of those that the archive has.

    Raises:
        RetryError: the archive can't be written.
    """
    _storage(settings).store_blocks(settings, blocks, sha256, path)


def open_kept(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
    """Open the bytes of an accepted file, from the archive or, when it is retried, from the quarantine.

    Raises:
        MissingBytesError: they are in neither.
        RetryError: the archive itself is missing or empty: its disk is not mounted, or its storage does not answer.
    """
    return _storage(settings).open_kept(settings, sha256, path)


@contextmanager
def reading(settings: Settings, files: Sequence[tuple[bytes, bytes]]) -> Iterator[Callable[[bytes, bytes], BinaryIO]]:
    """Yield a function like `open_kept` for some files (SHA-256, original path), which are read ahead if remote."""
    if not is_remote(settings):
        yield lambda sha256, path: open_kept(settings, sha256, path)
        return
    from worker.archive.ahead import objects_ahead

    with objects_ahead(settings, files) as ahead:
        yield ahead.open


def quarantine(settings: Settings, sha256: bytes, path: bytes, reason: str) -> None:
    """Move the bytes from the archive to the quarantine, and keep the original path and the reason next to them."""
    _storage(settings).quarantine(settings, sha256, path, reason)


def unquarantine(settings: Settings, sha256: bytes, path: bytes) -> None:
    """Move bytes from the quarantine back to the archive, once they were processed after all."""
    _storage(settings).unquarantine(settings, sha256, path)


def exists(settings: Settings, sha256: bytes, path: bytes) -> bool:
    """Return whether the bytes are in the archive or the quarantine."""
    return _storage(settings).exists(settings, sha256, path)


def kept(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> list[tuple[PurePath, int]]:
    """Return where this content is kept, one place per original suffix in archive and quarantine, and its bytes."""
    return _storage(settings).kept(settings, sha256, paths)


def stage_removal(settings: Settings, place: PurePath) -> PurePath:
    """Move bytes to where readers still find them, before their removal; return the new place."""
    return _storage(settings).stage_removal(settings, place)


def restore(settings: Settings, staged: PurePath) -> None:
    """Move staged bytes back to where they were."""
    _storage(settings).restore(settings, staged)


def staged_removals(settings: Settings) -> dict[PurePath, bytes]:
    """Return the staged bytes that an interrupted removal left, with the SHA-256 of each."""
    return _storage(settings).staged_removals(settings)


def remove(settings: Settings, staged: PurePath) -> None:
    """Remove staged bytes, and the reason next to them if they were in the quarantine."""
    _storage(settings).remove(settings, staged)


def open_copies(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name in a backup, open bytes) of a content: one per original suffix, and the reason in the quarantine.

    The caller closes them. Nothing is yielded for a suffix whose bytes are missing.
    """
    return _storage(settings).open_copies(settings, sha256, paths)


def put_back(settings: Settings, name: str, blocks: Iterable[bytes]) -> None:
    """Write bytes with a name of `open_copies` to their place, which has all of them or none.

    Raises:
        RetryError: the archive can't be written.
    """
    _storage(settings).put_back(settings, name, blocks)
