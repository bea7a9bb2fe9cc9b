"""The folder of the embedded servers: its paths, its locks and its passwords.

Locks are ``flock``s: the kernel releases them with the process that holds them, so a kill leaves no stale lock.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from worker.errors import SettingsError

#: The path of a unix socket may have 107 bytes; ``.s.PGSQL.5432.lock`` and its slash take 19 of them.
SOCKET_DIR_BYTES = 107 - 19


@dataclass(frozen=True)
class Folder:
    """``<data folder>/servers`` and the files in it."""

    path: Path

    @classmethod
    def of(cls, data_dir: Path) -> "Folder":
        """Return the folder, created with mode 0700 if it is missing; raise SettingsError if it can't be used."""
        path = data_dir.expanduser().absolute() / "servers"
        try:
            path.mkdir(parents=True, exist_ok=True)
            if (owner := path.stat().st_uid) != os.geteuid():
                raise SettingsError(
                    f"The servers' data in {path} belongs to the user with the id {owner}. "
                    "Run copydesk as that user, or set COPYDESK_DATA_DIR to another folder."
                )
            path.chmod(0o700)
            (path / "lock").touch(mode=0o600)
        except OSError as error:
            raise SettingsError(
                f"The data folder {data_dir} can't be used ({error.strerror}). Make it writable for this user, "
                "or set COPYDESK_DATA_DIR to a folder of this user."
            ) from error
        return cls(path)

    @property
    def users(self) -> Path:
        """The file on which each user holds a shared lock."""
        return self.path / "users.lock"

    @contextmanager
    def mutex(self) -> Iterator[None]:
        """Be the only process that starts or stops servers or counts users in this folder.

        Raises FileNotFoundError if the folder is removed, also while this process waits.
        """
        path = self.path / "lock"
        with path.open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                raise FileNotFoundError(f"{path} is another file now: the data folder was removed and created again.")
            yield

    def in_use(self) -> bool:
        """Return whether any process holds the users' lock; call only inside ``mutex``.

        Raises FileNotFoundError if the folder is being removed.
        """
        return locked(self.users)

    def password(self, name: str) -> str:
        """Return the password in ``<name>.password``, generated at the first call; only the owner can read the file."""
        path = self.path / f"{name}.password"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text(encoding="ascii")

    def socket_dir(self) -> Path:
        """Return a private folder whose path is short enough for a unix socket: this folder, or one in ``/tmp``."""
        if len(os.fsencode(self.path)) <= SOCKET_DIR_BYTES:
            return self.path
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        # always /tmp: every process must get the same path, whatever its TMPDIR is
        short = Path("/tmp") / f"copydesk-{os.geteuid()}-{digest}"  # noqa: S108 - checked below
        short.mkdir(mode=0o700, exist_ok=True)
        status = short.lstat()
        if short.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o077:
            raise SettingsError(
                f"{short} is not private to this user: remove it, or set COPYDESK_DATA_DIR to a shorter path."
            )
        return short

    def forget_socket(self) -> None:
        """Remove the folder of the socket if it is in ``/tmp``."""
        if (short := self.socket_dir()) != self.path:
            with contextlib.suppress(OSError):
                short.rmdir()


def locked(path: Path) -> bool:
    """Return whether any process holds a lock on the file ``path``; raise FileNotFoundError if there is none.

    It does not create the file: a new one is not locked, so a running server of a folder that is being removed would
    seem to have ended.
    """
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable only by its owner."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
