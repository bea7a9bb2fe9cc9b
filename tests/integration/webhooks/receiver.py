"""A receiver of webhooks on loopback, which verifies signatures by itself and answers as a test says."""

import base64
import hmac
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Longer than any of these tests takes.
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Received:
    """A request that arrived: its headers in lower case and its body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        """The content."""
        return json.loads(self.body)

    @property
    def change_ids(self) -> list[int]:
        """The ids of its changes."""
        return [change["id"] for change in self.json["data"]["changes"]]

    def is_signed_with(self, secret: str) -> bool:
        """Return whether the signature is the one that Standard Webhooks defines."""
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, sha256).digest()
        return self.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@dataclass
class Inbox:
    """What a receiver got, in order. ``answers`` are the statuses of the next answers; without any it is 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: deque[int | Callable[[], int]] = field(default_factory=deque)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def add(self, request: Received) -> int:
        """Note a request and return the status to answer."""
        with self.arrived:
            self.received.append(request)
            answer = self.answers.popleft() if self.answers else 200
            self.arrived.notify_all()
        return answer if isinstance(answer, int) else answer()

    def wait_for(self, count: int) -> list[Received]:
        """Return the first requests, once as many have arrived."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.received) >= count, _PATIENCE_SECONDS), self.received
            return self.received[:count]


class _Server(ThreadingHTTPServer):
    inbox: Inbox
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.inbox.add(Received({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", self.server.inbox.url)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name of the standard library
        pass


@contextmanager
def receiving() -> Iterator[Inbox]:
    """Run a receiver for the duration of the block."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.inbox = Inbox(f"http://127.0.0.1:{server.server_port}/hook?key=secret-path")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.inbox
        finally:
            server.shutdown()
            thread.join()
