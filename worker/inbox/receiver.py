"""Receive one file: open it safely, hash it, store its bytes in the archive, return the delivery for the ledger.

Nothing from outside is trusted: links are not followed, pipes and devices are never read, sizes are checked first.
"""

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from worker import archive
from worker.errors import QuarantineError, RetryError
from worker.process.stall_guard import progress
from worker.settings import Settings
from worker.store.ledger import Delivery

_READ_BYTES = 1 << 20
#: Without O_NONBLOCK a pipe without a writer blocks for ever; O_NOFOLLOW refuses links.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: This machine has run out of a resource: no file can be received until that is fixed.
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISDIR, "a folder"),
)


class NotReadyError(RetryError):
    """One file can't be received now; other files can."""


def receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    """Read the file at ``path`` once, store its bytes, and return the delivery that the ledger records.

    The delivery of a file that is refused holds the reason. With ``move`` the caller removes ``path`` once the ledger
    has the delivery.

    Raises:
        NotReadyError: this file is still being written, or its disk fails; it was not touched.
        RetryError: the archive can't be written, or this machine has run out of a resource; the file was not touched.
    """
    try:
        return _receive(settings, path, move=move)
    except QuarantineError as error:
        return _rejected(path, str(error))
    except OSError as error:
        kind = RetryError if error.errno in _EXHAUSTED else NotReadyError
        raise kind(f"The file can't be read now: {error.strerror}.") from error


def _receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    descriptor = _open(_inbox(settings), path)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise QuarantineError(_not_a_file(status.st_mode))
        if status.st_size > settings.max_file_bytes:
            raise QuarantineError(
                f"The file has {status.st_size:,} bytes; the limit is {settings.max_file_bytes:,}. "
                "Split it, or raise max_file_bytes."
            )
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as source:
            sha256 = _hash(source, status)
            archive.store(settings, source, sha256, path, move=move)
            stored = os.fstat(descriptor)
            # a link to the archive changes the ctime, and the number of links with it
            if stored.st_nlink == status.st_nlink and _stamp(stored) != _stamp(status):
                raise NotReadyError("The file was still being written.")
    finally:
        os.close(descriptor)
    return Delivery(key=delivery_key(path, sha256), path=path, sha256=sha256, size=status.st_size, stamp=_stamp(stored))


def _inbox(settings: Settings) -> bytes:
    """Return the folder below which no link is followed; nothing is below a bucket."""
    return os.fsencode(settings.inbox) if isinstance(settings.inbox, Path) else b"\0"


def _hash(source: BinaryIO, status: os.stat_result) -> bytes:
    digest = hashlib.sha256()
    size = 0
    while block := source.read(min(status.st_size + 1, _READ_BYTES)):
        size += len(block)
        digest.update(block)
        progress()
    if size != status.st_size or _stamp(os.fstat(source.fileno())) != _stamp(status):
        raise NotReadyError("The file was still being written.")
    return digest.digest()


def _stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what changes with the content; a program can set the mtime back, but not the ctime."""
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def remove(delivery: Delivery) -> None:
    """Remove an accepted file from the inbox, unless its path now holds another file, which is a new delivery.

    Raises:
        OSError: this user may not remove it.
    """
    with contextlib.suppress(FileNotFoundError):
        if _stamp(os.lstat(delivery.path)) == delivery.stamp:
            os.unlink(delivery.path)  # noqa: PTH108  a path of bytes


def _open(inbox: bytes, path: bytes) -> int:
    try:
        return _open_below(inbox, path)
    except FileNotFoundError as error:
        raise QuarantineError(
            "The file vanished before it could be read. Deliver it again if it was wanted."
        ) from error
    except PermissionError as error:
        raise QuarantineError(
            "This user has no permission to read the file; it was left where it is. "
            "Give read permission, and it is processed."
        ) from error
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise QuarantineError(_not_a_file(os.lstat(path).st_mode)) from error
        raise


def _open_below(inbox: bytes, path: bytes) -> int:
    """Open ``path`` without following links below the inbox: a folder may have become a link after the scan."""
    if not path.startswith(inbox + b"/"):
        return os.open(path, _FLAGS)
    *folders, name = path[len(inbox) + 1 :].split(b"/")
    if not folders:
        return os.open(path, _FLAGS)
    with contextlib.ExitStack() as folders_opened:
        parent = None
        for folder in (inbox, *folders):
            # the inbox itself may be a link: its owner decides where it leads
            flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if parent is not None else 0)
            parent = os.open(folder, flags, dir_fd=parent)
            folders_opened.callback(os.close, parent)
        return os.open(name, _FLAGS, dir_fd=parent)


def _not_a_file(mode: int) -> str:
    kind = next((name for test, name in _KINDS if test(mode)), "a device")
    return f"This is {kind}, not a file; it was left where it is. Deliver the file itself."


def delivery_key(path: bytes, content: bytes) -> bytes:
    """Return the identity of a delivery: the same content at the same path is the same delivery."""
    return hashlib.blake2b(content, digest_size=16, key=hashlib.sha256(path).digest()).digest()


def _rejected(path: bytes, reason: str) -> Delivery:
    """Return a delivery without bytes; its key stays the same until the entry changes."""
    try:
        status = os.lstat(path)
    except OSError:
        return Delivery(delivery_key(path, b"gone"), path, sha256=None, size=0, reason=reason, vanished=True)
    state = f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}".encode()
    return Delivery(delivery_key(path, state), path, sha256=None, size=status.st_size, reason=reason)
