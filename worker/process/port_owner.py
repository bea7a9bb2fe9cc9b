"""Name the process that listens on a port, for the message that the port is in use."""

from contextlib import suppress
from pathlib import Path

_LISTENING = "0A"


def port_owner(port: int) -> str | None:
    """Return "process ID (NAME)" for the process that listens on this TCP port; None if this user can't see it."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in sockets:
                process = link.parents[1]
                return f"process {process.name} ({(process / 'comm').read_text().strip()})"
    return None


def _inodes(port: int) -> list[str]:
    """Return the inodes of the listening sockets, from the kernel's tables."""
    inodes = []
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.append(fields[9])
    return inodes
