"""Send one request to a webhook, within a limit of time, and return what its receiver answers.

There is no proxy, no redirect is followed, and of the answer only the status and one header are used.
"""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from worker import __version__
from worker.webhooks.address import Networks, Receiver, RefusedAddressError, resolve

#: The time for a whole attempt: Standard Webhooks advises 15 to 30 s.
SECONDS = 15.0
#: Bytes of the answer's body that are read, so that closing the connection does not look like an error to the receiver.
_READ_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a receiver answered: the ``status``, None without an answer, and the ``problem`` if it is no success.

    It asks to wait ``retry_after`` seconds, as written in its header.
    """

    status: int | None
    problem: str | None
    retry_after: str = ""


class WebhookRequest:
    """One request, which a second thread may abort at any moment."""

    def __init__(self, receiver: Receiver, networks: Networks) -> None:
        self._receiver, self._networks = receiver, networks
        self._socket: socket.socket | None = None
        self._aborted = threading.Event()

    def abort(self) -> None:
        """End the request: whatever waits for the receiver returns at once."""
        self._aborted.set()
        if (current := self._socket) is not None:
            try:
                socket.socket.shutdown(current, socket.SHUT_RDWR)  # the method of an SSL socket is not for two threads
            except OSError:  # it is closed, or not connected yet
                return

    def send(self, headers: dict[str, str], body: bytes, seconds: float = SECONDS) -> WebhookAnswer:
        """Send the request and return the answer."""
        timer = threading.Timer(seconds, self.abort)  # a receiver may send a byte every few seconds for ever
        timer.daemon = True
        timer.start()
        try:
            return self._exchange(headers, body, seconds)
        except RefusedAddressError as error:
            return WebhookAnswer(None, str(error))
        except (OSError, http.client.HTTPException) as error:
            late = self._aborted.is_set() or isinstance(error, TimeoutError)
            return WebhookAnswer(None, f"No answer within {seconds:g} s." if late else _sentence(error))
        finally:
            timer.cancel()
            if self._socket is not None:
                self._socket.close()

    def _exchange(self, headers: dict[str, str], body: bytes, seconds: float) -> WebhookAnswer:
        receiver = self._receiver
        connection = http.client.HTTPConnection(receiver.host, receiver.port, timeout=seconds)
        connection.default_port = 443 if receiver.scheme == "https" else 80
        connection.sock = self._connect(seconds)
        agent = {"user-agent": f"Copydesk/{__version__}", "content-type": "application/json", "connection": "close"}
        connection.request("POST", receiver.target, body, headers | agent)
        response = connection.getresponse()
        if self._aborted.is_set():  # headers that break off look like headers that end
            raise TimeoutError
        retry_after = response.headers.get("retry-after", "")
        with suppress(OSError, http.client.HTTPException):  # the status is all that counts
            response.read(_READ_BYTES)
        response.close()
        return WebhookAnswer(response.status, _problem(response.status), retry_after)

    def _connect(self, seconds: float) -> socket.socket:
        """Connect to the first address of the receiver that answers."""
        failure: OSError = OSError("there is no address")
        for address in resolve(self._receiver, self._networks):
            try:
                return self._secured(self._opened(address, seconds))
            except OSError as error:
                failure = error
        raise failure

    def _opened(self, address: str, seconds: float) -> socket.socket:
        opened = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        opened.settimeout(seconds)
        self._keep(opened)
        opened.connect((address, self._receiver.port))
        return opened

    def _secured(self, plain: socket.socket) -> socket.socket:
        if self._receiver.scheme != "https":
            return plain
        host = self._receiver.host
        secured = _context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self._keep(secured)
        secured.do_handshake()
        return secured

    def _keep(self, opened: socket.socket) -> None:
        """Note the socket for `abort`, in place of the one before."""
        if self._socket is not None:
            self._socket.close()
        self._socket = opened
        if self._aborted.is_set():
            raise TimeoutError


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _problem(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"The receiver answered {status}, a redirect; none is followed: register its target."
    return f"The receiver answered {status}."


def _sentence(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "The host name can't be resolved."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not valid: {error.verify_message}."
    if isinstance(error, http.client.RemoteDisconnected):
        return "The receiver closed the connection without an answer."
    if isinstance(error, http.client.HTTPException):
        return "The answer is not HTTP."
    return f"The connection failed: {getattr(error, 'strerror', None) or error}."
