"""A path goes in, a delivery for the ledger comes out: opened safely, hashed, its bytes kept in the archive.

Nothing from outside is trusted: links are not followed, pipes and devices not opened for long, sizes checked first.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Sequence

from worker import archive
from worker.errors import QuarantineError, RetryError
from worker.settings import Settings
from worker.store.ledger import Delivery

_READ_BYTES = 1 << 20
#: Without O_NONBLOCK a pipe without a writer blocks for ever; O_NOFOLLOW refuses links.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS = (
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISDIR, "a folder"),
)


def receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    """Read the file at ``path`` once, keep its bytes, and return what the ledger records of it.

    A file that can't be taken comes back with the reason. With ``move`` the caller removes ``path`` once the ledger
    has it.

    Raises:
        RetryError: the archive can't be written, or this machine is out of something; the file was left alone.
    """
    try:
        return _receive(settings, path, move=move)
    except QuarantineError as error:
        return _refused(path, str(error))


def _receive(settings: Settings, path: bytes, *, move: bool) -> Delivery:
    with os.fdopen(_opened(path), "rb") as source:
        at = os.fstat(source.fileno())
        if not stat.S_ISREG(at.st_mode):
            raise QuarantineError(_no_file(at.st_mode))
        if at.st_size > settings.max_file_bytes:
            raise QuarantineError(
                f"The file has {at.st_size:,} bytes; the limit is {settings.max_file_bytes:,}. "
                "Split it, or raise max_file_bytes."
            )
        digest = hashlib.sha256()
        size = 0
        while block := source.read(_READ_BYTES):
            size += len(block)
            digest.update(block)
        if size != at.st_size:
            raise RetryError("The file was still being written.")
        sha256 = digest.digest()
        archive.keep(settings, source, sha256, path, move=move)
    return Delivery(key=_key(path, sha256), path=path, sha256=sha256, size=size)


def _opened(path: bytes) -> int:
    try:
        return os.open(path, _OPEN)
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
        raise RetryError(f"The file can't be opened now: {error.strerror}.") from error


def _no_file(mode: int) -> str:
    kind = next((name for test, name in _KINDS if test(mode)), "a device")
    return f"This is {kind}, not a file; it was left where it is. Deliver the file itself."


def _key(path: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16, key=hashlib.sha256(path).digest()).digest()


def _refused(path: bytes, reason: str) -> Delivery:
    """Return a delivery without bytes: it is the same one again while the entry stands unchanged."""
    try:
        at = os.lstat(path)
    except OSError:
        return Delivery(_key(path, b"gone"), path, sha256=None, size=0, reason=reason, vanished=True)
    mark = f"{at.st_ino} {at.st_size} {at.st_mtime_ns} {at.st_ctime_ns}".encode()
    return Delivery(_key(path, mark), path, sha256=None, size=at.st_size, reason=reason)


def batches(files: Sequence[tuple[int, int]], most_files: int, most_bytes: int) -> list[list[int]]:
    """Cut (file id, size) into runs of ids: at most so many files, and so many bytes unless one alone has more."""
    cut: list[list[int]] = []
    total = 0
    for number, size in files:
        if not cut or len(cut[-1]) == most_files or total + size > most_bytes:
            cut.append([])
            total = 0
        cut[-1].append(number)
        total += size
    return cut
