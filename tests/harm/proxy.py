"""A proxy between the service and a server that can refuse and cut connections or stop forwarding."""

import contextlib
import socket
import threading
from typing import Literal

Mode = Literal["pass", "refuse", "silent"]


class Proxy:
    """Listen on a port and pass bytes to a server: (host, port), or the path of a Unix socket."""

    def __init__(self, server: tuple[str, int] | str, address: str = "127.0.0.1") -> None:
        self._server = server
        self._mode: Mode = "pass"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server((address, 0))
        self.port: int = self._listener.getsockname()[1]
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def set(self, mode: Mode) -> None:
        """Set the mode: pass, refuse (cut old and new connections) or silent (keep connections, forward nothing)."""
        self._mode = mode
        if mode == "refuse":
            self.cut()

    def cut(self) -> None:
        """Close all connections."""
        while self._pairs:
            for end in self._pairs.pop():
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        """Stop listening and close all connections."""
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
                server = self._connect()
            except OSError:
                client.close()
                continue
            self._pairs.append((client, server))
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _connect(self) -> socket.socket:
        if isinstance(self._server, str):
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._server)
            except OSError:
                server.close()
                raise
            return server
        return socket.create_connection(self._server)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._mode == "silent":
                    return  # discard the data; both ends stay open and do not notice
                target.sendall(data)
        if self._mode != "silent":  # a killed end resets its connection: pass that on
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_RDWR)
