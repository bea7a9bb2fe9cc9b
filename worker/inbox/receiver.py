"""A path goes in, a delivery for the ledger comes out: opened safely, hashed, its bytes kept in the archive.

Nothing from outside is trusted: links are not followed, pipes and devices not opened for long, sizes checked first.
"""

import contextlib
import errno
import hashlib
import os
import stat
from typing import BinaryIO

from worker import archive
from worker.errors import QuarantineError, RetryError
from worker.process.stall_guard import progress
from worker.settings import Settings
from worker.store.ledger import Delivery

_READ_BYTES = 1 << 20
#: Without O_NONBLOCK a pipe without a writer blocks for ever; O_NOFOLLOW refuses links.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: This machine is out of something: no file's fault, and no file can be taken until it is mended.
_EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT}
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISDIR, "a folder"),
)


class NotReadyError(RetryError):
    """One file can't be taken for now; others can."""


def receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    """Read the file at ``path`` once, keep its bytes, and return what the ledger records of it.

    A file that can't be taken comes back with the reason. With ``move`` the caller removes ``path`` once the ledger
    has it.

    Raises:
        LaterError: this file is still being written or its disk fails; it was left alone.
        RetryError: the archive can't be written, or this machine is out of something; the file was left alone.
    """
    try:
        return _receive(settings, path, move=move)
    except QuarantineError as error:
        return _rejected(path, str(error))
    except OSError as error:
        kind = RetryError if error.errno in _EXHAUSTED else NotReadyError
        raise kind(f"The file can't be read now: {error.strerror}.") from error


def _receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    opened = _opened(os.fsencode(settings.inbox), path)
    try:
        at = os.fstat(opened)
        if not stat.S_ISREG(at.st_mode):
            raise QuarantineError(_no_file(at.st_mode))
        if at.st_size > settings.max_file_bytes:
            raise QuarantineError(
                f"The file has {at.st_size:,} bytes; the limit is {settings.max_file_bytes:,}. "
                "Split it, or raise max_file_bytes."
            )
        with os.fdopen(opened, "rb", buffering=0, closefd=False) as source:
            sha256 = _hash(source, at)
            archive.store(settings, source, sha256, path, move=move)
    finally:
        os.close(opened)
    return Delivery(key=_key(path, sha256), path=path, sha256=sha256, size=at.st_size, stamp=_stamp(at))


def _hash(source: BinaryIO, at: os.stat_result) -> bytes:
    digest = hashlib.sha256()
    size = 0
    while block := source.read(min(at.st_size + 1, _READ_BYTES)):
        size += len(block)
        digest.update(block)
        progress()
    if size != at.st_size or _stamp(os.fstat(source.fileno())) != _stamp(at):
        raise NotReadyError("The file was still being written.")
    return digest.digest()


def _stamp(at: os.stat_result) -> tuple[int, int, int]:
    return at.st_ino, at.st_size, at.st_mtime_ns


def remove(delivery: Delivery) -> None:
    """Take a claimed file out of the inbox, unless another one came to stand there meanwhile: that is a new delivery.

    Raises:
        OSError: this user may not remove it.
    """
    with contextlib.suppress(FileNotFoundError):
        if _stamp(os.lstat(delivery.path)) == delivery.stamp:
            os.unlink(delivery.path)  # noqa: PTH108  a path of bytes


def _opened(inbox: bytes, path: bytes) -> int:
    try:
        return _open_below(inbox, path)
    except FileNotFoundError as error:
        raise QuarantineError(
            "The file vanished before it could be read. Deliver it again if it was wanted."
        ) from error
    except PermissionError as error:
        raise QuarantineError(
            "The file may not be read by this user; it was left where it is. "
            "Give read permission and it is taken again."
        ) from error
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise QuarantineError(_no_file(os.lstat(path).st_mode)) from error
        raise


def _open_below(inbox: bytes, path: bytes) -> int:
    """Open ``path``; below the inbox no folder on the way may be a link, for a link may have come after the scan."""
    if not path.startswith(inbox + b"/"):
        return os.open(path, _OPEN)
    *folders, name = path[len(inbox) + 1 :].split(b"/")
    if not folders:
        return os.open(path, _OPEN)
    with contextlib.ExitStack() as opened:
        at = None
        for folder in (inbox, *folders):
            # the inbox itself may be a link: who set it there owns it
            flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if at is not None else 0)
            at = os.open(folder, flags, dir_fd=at)
            opened.callback(os.close, at)
        return os.open(name, _OPEN, dir_fd=at)


def _no_file(mode: int) -> str:
    kind = next((name for test, name in _KINDS if test(mode)), "a device")
    return f"This is {kind}, not a file; it was left where it is. Deliver the file itself."


def _key(path: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16, key=hashlib.sha256(path).digest()).digest()


def _rejected(path: bytes, reason: str) -> Delivery:
    """Return a delivery without bytes: it is the same one again while the entry stands unchanged."""
    try:
        at = os.lstat(path)
    except OSError:
        return Delivery(_key(path, b"gone"), path, sha256=None, size=0, reason=reason, vanished=True)
    mark = f"{at.st_ino} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns}".encode()
    return Delivery(_key(path, mark), path, sha256=None, size=at.st_size, reason=reason)
