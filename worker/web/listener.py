"""The socket of the pages. Apart from the server, so that `up` can try the port without importing the pages."""

import errno
import os
import socket
from urllib.parse import urlsplit

from worker.errors import CopydeskError
from worker.process.port_owner import port_owner
from worker.settings import Settings


def where(settings: Settings, listener: socket.socket) -> str:
    """Return a sentence that says at which address a browser finds the pages."""
    if settings.web_url and urlsplit(settings.web_url).port == 0:
        return "The pages are at a port that Docker has chosen; to see it: docker compose port web 8000"
    return f"The pages are at {settings.web_url or address(*listener.getsockname()[:2])}"


def address(host: str, port: int) -> str:
    """Return the address of pages that listen on ``host``, as a browser on this machine opens it."""
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
