"""The names of kept bytes: their SHA-256 and a suffix, never a name from outside; and their names in a backup."""

import re

from worker.errors import CopydeskError

#: A suffix helps people and format detection; our paths contain nothing else of a foreign name.
_SUFFIX = re.compile(rb"(?:\.[A-Za-z0-9]{1,8}){1,2}\Z")
#: Suffix of the file next to each quarantined file, which says where that came from and why it is there.
REASON_SUFFIX = ".reason.txt"
#: Folder in archive and quarantine to which ``prune`` moves bytes before it removes them.
STAGED = ".pruned"
#: First part of a name in a backup, and in a bucket the folder of quarantined bytes below the archive.
QUARANTINE = "quarantine"
#: Names of kept bytes in a backup: relative to the data folder, whatever the settings call the two folders.
_BACKED_UP = re.compile(
    r"(?:archive/([0-9a-f]{2})/(?=\1)|quarantine/)[0-9a-f]{64}(?:\.[a-z0-9]{1,8}){0,2}"
    r"|quarantine/[0-9a-f]{64}(?:\.[a-z0-9]{1,8}){0,2}\.reason\.txt"
)


def kept_name(sha256: bytes, path: bytes) -> str:
    """Return the name of these bytes; ``path`` is the original one, for its suffix."""
    suffix = _SUFFIX.search(path.rpartition(b"/")[2])
    return sha256.hex() + (suffix.group().decode("ascii").lower() if suffix else "")


def name_in_backup(name: str, *, quarantined: bool) -> str:
    """Return the name in a backup of the bytes called ``name``."""
    return f"{QUARANTINE}/{name}" if quarantined else f"archive/{name[:2]}/{name}"


def backed_up_sha256(name: str) -> bytes | None:
    """Return the SHA-256 that the bytes with this name in a backup must have; None for a reason.

    Raises:
        CopydeskError: no backup has such a name.
    """
    if not _BACKED_UP.fullmatch(name):
        raise CopydeskError(f"The backup holds a file with the name {name!a}, which no backup has.")
    return None if name.endswith(REASON_SUFFIX) else bytes.fromhex(name.rpartition("/")[2][:64])
