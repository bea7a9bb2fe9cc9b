"""Choose the account that the servers run under.

Postgres refuses to run as root, and as a user without a name, which containers have. Nothing on the machine changes:
no system user is created, and no parent folder becomes accessible.
"""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from worker.errors import SettingsError

#: ``nobody``: a user id that exists on every Linux and owns nothing.
NOBODY = 65534


def command_prefix(folder: Path, binary: Path) -> list[str]:
    """Return the command prefix that runs ``binary`` in ``folder`` under another account; empty for an ordinary user.

    Raises SettingsError if this machine does not allow it.
    """
    if os.geteuid() != 0 and _has_name():
        return []
    for prefix, owner in _account_changes():
        if shutil.which(prefix[0]) and _can_run(prefix, folder, binary):
            _change_owner(folder, owner)
            return prefix
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


def _account_changes() -> list[tuple[list[str], int]]:
    """Return both command prefixes, each with the user id that owns the files, as this process sees it."""
    namespace = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--"]
    # containers forbid namespaces; there, the changed user keeps the one capability needed to reach root's folders
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    change += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--"]
    return [(namespace, os.geteuid()), (change, NOBODY)]


def _can_run(prefix: list[str], folder: Path, binary: Path) -> bool:
    """Return whether the account can write in the folder and run the binary, by trying both."""
    probe = [*prefix, "sh", "-c", 'test -w "$1" && exec "$2" --version', "sh", str(folder), str(binary)]
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed words


def _change_owner(folder: Path, owner: int) -> None:
    """Give the servers' data to this account; after the last start it may belong to the other one."""
    for data in (folder / "postgres", folder / "valkey"):
        if data.exists() and data.stat().st_uid != owner:
            for path in (data, *data.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)
