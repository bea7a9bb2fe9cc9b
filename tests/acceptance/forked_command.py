"""A program that does what ``copydesk`` does, in a fork of a process that has loaded the modules: it starts at once.

For tests that run hundreds of commands and are about what these print, not about how they start.
"""

import os
import pkgutil
import signal
import socket
import socketserver
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from tests.loaded import load_tables
from worker import clean, cli, formats

_ROOT = Path(__file__).parents[2]
#: Gives the server the current folder, the arguments and the open streams, and exits as the command did there. No
#: answer means that a signal ended it.
_CLIENT = """#!{python} -IS
import os, socket, sys
with socket.socket(socket.AF_UNIX) as link:
    link.connect({address!r})
    socket.send_fds(link, ["\\0".join([os.getcwd(), *sys.argv[1:]]).encode()], [0, 1, 2])
    sys.exit(int(link.recv(8) or 128))
"""


class _Command(socketserver.BaseRequestHandler):
    """Runs one command, in the child that the server forks for it."""

    def handle(self) -> None:
        """Take over folder, arguments and streams; run the command, and tell how it exits."""
        words, streams, _, _ = socket.recv_fds(self.request, 1 << 16, 3)
        folder, *arguments = words.decode().split("\0")
        os.chdir(folder)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        sys.argv = ["copydesk", *arguments]
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:  # as in any program: its traceback is printed
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        self.request.sendall(str(code).encode())


class _Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """Forks a child for each command."""


def _load() -> None:
    """Load what the commands load: their modules, every reader, and the tables for texts."""
    for name in ("clean", "compare"):
        import_module(f"worker.cli.{name}")
    for package in (formats, clean):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            import_module(module.name)
    load_tables()


@contextmanager
def forked_command(folder: Path) -> Iterator[Path]:
    """Write the program into ``folder`` and yield its path; it works while the block runs."""
    address = f"\0copydesk-{os.getpid()}-{folder.name}"  # abstract, as a path of a socket allows 107 bytes
    program = folder / "copydesk"
    program.write_text(_CLIENT.format(python=sys.executable, address=address))
    program.chmod(0o755)
    command = [sys.executable, "-m", __name__, address[1:]]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, start_new_session=True) as server:
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        try:
            yield program
        finally:
            os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    _load()
    with _Server(f"\0{sys.argv[1]}", _Command) as _server:
        print("ready", flush=True)  # noqa: T201  for who started it
        _server.serve_forever()
