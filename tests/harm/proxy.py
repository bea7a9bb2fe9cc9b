"""A proxy between the service and a server, which can refuse, cut and fall silent: the network as it really is."""

import contextlib
import socket
import threading
from typing import Literal

Mode = Literal["pass", "refuse", "silent"]


class Proxy:
    """Listens on a port of the loopback and passes bytes to a server: (host, port), or the path of a unix socket."""

    def __init__(self, server: tuple[str, int] | str) -> None:
        self._server = server
        self._mode: Mode = "pass"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def set(self, mode: Mode) -> None:
        """Pass, or refuse (old connections are cut, new ones too), or be silent (connections stay, nothing moves)."""
        self._mode = mode
        if mode == "refuse":
            self.cut()

    def cut(self) -> None:
        """End all connections."""
        while self._pairs:
            for one in self._pairs.pop():
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()

    def close(self) -> None:
        """End listening and all connections."""
        self._mode = "refuse"
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._accepting.join()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._mode == "refuse":
                client.close()
                continue
            try:
                server = self._connected()
            except OSError:
                client.close()
                continue
            self._pairs.append((client, server))
            for one, other in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _connected(self) -> socket.socket:
        if isinstance(self._server, str):
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            return server
        return socket.create_connection(self._server)

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                if self._mode == "silent":
                    return  # swallowed; both ends stay open and never hear of it
                other.sendall(data)
        if self._mode != "silent":  # an end that was killed resets its connection: the other must hear of that too
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_RDWR)
