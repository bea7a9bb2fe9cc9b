"""The user's account in, the words to put before a server's command line out, because Postgres refuses to run as root.

Nothing on the machine changes: no new system user, no opened parent folder.
"""

import os
import shutil
import subprocess
from pathlib import Path

from worker.errors import SettingsError

#: ``nobody``: an id that every Linux knows and that owns nothing.
NOBODY = 65534


def prefix(folder: Path, binary: Path) -> list[str]:
    """Return the command that drops root before ``binary`` works in ``folder``; empty for an ordinary user.

    SettingsError where root can't be dropped on this machine.
    """
    if os.geteuid() != 0:
        return []
    for words, owner in _ways():
        if shutil.which(words[0]) and _works(words, folder, binary):
            _give(folder, owner)
            return words
    raise SettingsError(
        "Postgres refuses to run as root, and this machine allows neither a user namespace nor a change of user. "
        "Run copydesk as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _ways() -> list[tuple[list[str], int]]:
    """Both ways, each with the account that will own the files as root sees them."""
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
    # containers forbid namespaces; there a change of user keeps the one right that it needs to reach root's folders
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    change += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--"]
    return [(namespace, 0), (change, NOBODY)]


def _works(words: list[str], folder: Path, binary: Path) -> bool:
    """Try it: the account must be able to write in the folder and to run the binary."""
    probe = [*words, "sh", "-c", 'test -w "$1" && exec "$2" --version', "sh", str(folder), str(binary)]
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


def _give(folder: Path, owner: int) -> None:
    """Hand the servers' data to the account that will use it: they were the other way's, or another user's, before."""
    for data in (folder / "postgres", folder / "valkey"):
        if data.exists() and data.stat().st_uid != owner:
            for path in (data, *data.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)
