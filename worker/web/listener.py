"""The socket of the pages. Apart from the server, so that `up` can try the port without importing the pages."""

import errno
import os
import socket

from worker.errors import CopydeskError
from worker.process.port_owner import port_owner
from worker.settings import Settings


def address(listener: socket.socket) -> str:
    """Return the address for a browser."""
    host, port = listener.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(host, host)  # noqa: S104  shown, not bound
    return f"http://{name}:{port}/"


def listen(settings: Settings) -> socket.socket:
    """Listen on the host and port of the settings.

    Raises:
        CopydeskError: the address can't be used.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
        return socket.create_server((settings.web_host, settings.web_port), family=family, backlog=128)
    except OSError as error:
        owner = port_owner(settings.web_port) if error.errno == errno.EADDRINUSE else None
        reason = os.strerror(error.errno) if error.errno else str(error)  # `strerror` also has the address
        raise CopydeskError(
            f"The pages can't be served on {settings.web_host}, port {settings.web_port}: {reason}"
            f"{f', by {owner}' if owner else ''}. Choose another with --port or COPYDESK_WEB_PORT."
        ) from error
