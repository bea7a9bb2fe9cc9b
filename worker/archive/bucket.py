"""The archive in a bucket: the bytes of a file are one object, written once, below the first two digits of its name.

Names are made of the content, so that several hosts that store the same bytes write the same object. Quarantined bytes
are below ``quarantine/``. A move is a copy and a deletion: a crash in between leaves both, which is harmless.
"""

import contextlib
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import PurePath, PurePosixPath
from typing import BinaryIO

from worker.archive.names import QUARANTINE, REASON_SUFFIX, STAGED, kept_name, name_in_backup
from worker.bucket.object_file import open_object
from worker.bucket.objects import PIECE_BYTES, Bucket, opened
from worker.errors import MissingBytesError, RetryError
from worker.settings import Settings
from worker.settings.places import BucketUrl

#: Names of bytes that this process has read from the quarantine: a request for every other file would be wasted.
_read_from_quarantine: set[str] = set()


def _bucket(settings: Settings) -> Bucket:
    if not isinstance(settings.archive, BucketUrl):
        raise TypeError(f"{settings.archive} is no bucket")
    return opened(settings.archive)


def _archived(name: str) -> str:
    return f"{name[:2]}/{name}"


def _quarantined(name: str) -> str:
    return f"{QUARANTINE}/{name}"


def store(settings: Settings, source: BinaryIO, sha256: bytes, path: bytes, *, move: bool) -> None:  # noqa: ARG001
    """Store the bytes of ``source``, an open file, in the archive.

    Bytes that are kept already are read again: if the storage damaged them, those of ``source`` replace them.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    source.seek(0)
    first = source.read(PIECE_BYTES + 1)
    if len(first) <= PIECE_BYTES:
        store_bytes(settings, first, sha256, path)
    elif not _is_kept(settings, sha256, path, os.fstat(source.fileno()).st_size):
        store_blocks(settings, chain([first], iter(lambda: source.read(PIECE_BYTES), b"")), sha256, path)


def store_bytes(settings: Settings, data: bytes, sha256: bytes, path: bytes) -> None:
    """Store bytes in the archive; damaged ones that it has are replaced.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    bucket, key = _bucket(settings), _archived(kept_name(sha256, path))
    if not bucket.create(key, data) and not _is_kept(settings, sha256, path, len(data)):
        bucket.write(key, data)


def store_blocks(settings: Settings, blocks: Iterable[bytes], sha256: bytes, path: bytes) -> None:
    """Store bytes that arrive in blocks in the archive, in place of those that it has.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    _bucket(settings).write_blocks(_archived(kept_name(sha256, path)), blocks)


def _is_kept(settings: Settings, sha256: bytes, path: bytes, size: int) -> bool:
    """Return whether the bytes are in the archive and undamaged."""
    bucket = _bucket(settings)
    state = bucket.state(_archived(kept_name(sha256, path)))
    if state is None or state.size != size:
        return False
    digest = hashlib.sha256()
    with contextlib.suppress(FileNotFoundError):  # `prune` takes it just now
        for piece in bucket.pieces(state):
            digest.update(piece)
    return digest.digest() == sha256


def open_kept(settings: Settings, sha256: bytes, path: bytes) -> BinaryIO:
    """Open the bytes of an accepted file, from the archive or, when it is retried, from the quarantine.

    Raises:
        MissingBytesError: they are in neither.
        RetryError: the storage does not answer, or holds nothing at all.
    """
    return _open(settings, kept_name(sha256, path))[1]


def _open(settings: Settings, name: str) -> tuple[bool, BinaryIO]:
    """Return whether the bytes are in the quarantine, and the open bytes."""
    bucket = _bucket(settings)
    staged = (f"{STAGED}/{name}", f"{QUARANTINE}/{STAGED}/{name}")
    # the first again: a retry of another delivery of these bytes may just have moved them back
    for key in (_archived(name), _quarantined(name), *staged, _archived(name)):
        with contextlib.suppress(FileNotFoundError):
            opened = open_object(bucket, key)
            if quarantined := key.startswith(QUARANTINE):
                _read_from_quarantine.add(name)
            return quarantined, opened
    if not bucket.has_objects():
        raise RetryError(f"The archive {settings.archive} is empty or gone. Is it the right bucket?")
    raise MissingBytesError(
        f"The file's bytes are missing from {settings.archive}: were objects deleted by hand or by a lifecycle rule?"
    )


def quarantine(settings: Settings, sha256: bytes, path: bytes, reason: str) -> None:
    """Move the bytes from the archive to the quarantine, and write an object with the reason."""
    bucket, name = _bucket(settings), kept_name(sha256, path)
    with contextlib.suppress(FileNotFoundError, RetryError):  # the ledger holds the outcome; this only shows it
        bucket.move(_archived(name), _quarantined(name))
        bucket.write(_quarantined(name) + REASON_SUFFIX, f"{os.fsdecode(path)!a}\n{reason}\n".encode())


def unquarantine(settings: Settings, sha256: bytes, path: bytes) -> None:
    """Move bytes from the quarantine back to the archive, once they were processed after all."""
    bucket, name = _bucket(settings), kept_name(sha256, path)
    if name in _read_from_quarantine:
        _read_from_quarantine.discard(name)
        with contextlib.suppress(FileNotFoundError, RetryError):
            bucket.move(_quarantined(name), _archived(name))
            bucket.delete([_quarantined(name) + REASON_SUFFIX])


def exists(settings: Settings, sha256: bytes, path: bytes) -> bool:
    """Return whether the bytes are in the archive or the quarantine."""
    bucket, name = _bucket(settings), kept_name(sha256, path)
    return any(bucket.state(key) is not None for key in (_archived(name), _quarantined(name)))


def kept(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> list[tuple[PurePath, int]]:
    """Return where this content is kept, one key per original suffix in archive and quarantine, and its bytes."""
    bucket = _bucket(settings)
    names = sorted({kept_name(sha256, path) for path in paths})
    states = (bucket.state(key) for name in names for key in (_archived(name), _quarantined(name)))
    return [(PurePosixPath(state.key), state.size) for state in states if state]


def stage_removal(settings: Settings, place: PurePath) -> PurePath:
    """Move bytes to where readers still find them, before their removal; return the new key."""
    quarantined = str(place.parent) == QUARANTINE
    staged = PurePosixPath(QUARANTINE if quarantined else "", STAGED, place.name)
    _bucket(settings).move(str(place), str(staged))
    return staged


def restore(settings: Settings, staged: PurePath) -> None:
    """Move staged bytes back to where they were."""
    quarantined = str(staged.parent.parent) == QUARANTINE
    _bucket(settings).move(str(staged), _quarantined(staged.name) if quarantined else _archived(staged.name))


def staged_removals(settings: Settings) -> dict[PurePath, bytes]:
    """Return the staged keys that an interrupted removal left, with the SHA-256 of each."""
    folders = (STAGED, f"{QUARANTINE}/{STAGED}")
    pages = chain.from_iterable(_bucket(settings).pages(folder) for folder in folders)
    keys = [PurePosixPath(state.key) for page in pages for state in page]
    return {key: bytes.fromhex(key.name[:64]) for key in keys}


def remove(settings: Settings, staged: PurePath) -> None:
    """Remove staged bytes, and the reason next to them if they were in the quarantine."""
    _bucket(settings).delete([str(staged), str(staged.parent.parent / (staged.name + REASON_SUFFIX))])


def open_copies(settings: Settings, sha256: bytes, paths: Sequence[bytes]) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name in a backup, open bytes) of a content: one per original suffix, and the reason in the quarantine.

    The caller closes them. Nothing is yielded for a suffix whose bytes are missing.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    for name in dict.fromkeys(kept_name(sha256, path) for path in paths):
        with contextlib.suppress(MissingBytesError):
            quarantined, source = _open(settings, name)
            backed_up = name_in_backup(name, quarantined=quarantined)
            yield backed_up, source
            if quarantined:
                with contextlib.suppress(FileNotFoundError):
                    yield backed_up + REASON_SUFFIX, open_object(_bucket(settings), _quarantined(name) + REASON_SUFFIX)


def put_back(settings: Settings, name: str, blocks: Iterable[bytes]) -> None:
    """Write bytes with a name of `open_copies` to their place, which has all of them or none.

    Raises:
        RetryError: the storage does not answer, or refuses.
    """
    key = name if name.startswith(QUARANTINE) else name.partition("/")[2]
    rest, first = iter(blocks), io.BytesIO()
    for block in rest:
        first.write(block)
        if first.tell() > PIECE_BYTES:
            _bucket(settings).write_blocks(key, chain([first.getvalue()], rest))
            return
    _bucket(settings).write(key, first.getvalue())
