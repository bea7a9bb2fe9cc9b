"""The user's account in, the words to put before a server's command line out.

Postgres refuses to run as root, and as a user without a name, which containers have. Nothing on the machine changes:
no new system user, no opened parent folder.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from worker.errors import SettingsError

#: ``nobody``: an id that every Linux knows and that owns nothing.
NOBODY = 65534


def prefix(folder: Path, binary: Path) -> list[str]:
    """Return the command that changes the account before ``binary`` works in ``folder``; empty for an ordinary user.

    SettingsError where this machine does not allow it.
    """
    if os.geteuid() != 0 and _has_name():
        return []
    for words, owner in _ways():
        if shutil.which(words[0]) and _works(words, folder, binary):
            _give(folder, owner)
            return words
    raise SettingsError(
        f"Postgres refuses to run as {'a user without a name' if os.geteuid() else 'root'}, and this machine allows "
        "neither a user namespace nor a change of user. "
        "Run copydesk as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _has_name() -> bool:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return True


def _ways() -> list[tuple[list[str], int]]:
    """Both ways, each with the account that will own the files as seen from here."""
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
    # containers forbid namespaces; there a change of user keeps the one right that it needs to reach root's folders
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    change += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--"]
    return [(namespace, os.geteuid()), (change, NOBODY)]


def _works(words: list[str], folder: Path, binary: Path) -> bool:
    """Try it: the account must be able to write in the folder and to run the binary."""
    probe = [*words, "sh", "-c", 'test -w "$1" && exec "$2" --version', "sh", str(folder), str(binary)]
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


def _give(folder: Path, owner: int) -> None:
    """Hand the servers' data to the account that will use it: they may be the other way's from the last start."""
    for data in (folder / "postgres", folder / "valkey"):
        if data.exists() and data.stat().st_uid != owner:
            for path in (data, *data.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)
