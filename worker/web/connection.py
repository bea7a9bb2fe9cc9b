"""HTTP connections that wait for their client only so long, so that idle or slow clients hold up nobody else.

Uvicorn has a time limit only between two requests of a connection, and counts idle connections as concurrent requests.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class BoundedConnection(H11Protocol):
    """A connection that is closed when its client is too slow, or when it is idle and another needs its place."""

    #: Time for a client to send its request, and then to receive any of the response; browsers take milliseconds.
    client_seconds = 10.0
    #: What a client must send of a body in each such time. 10 kB a second is less than any line in use has; the largest
    #: body that a stranger may send, 1 MB, so takes a place for 100 seconds at most.
    least_body_bytes = 100_000

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.idle_since = self.loop.time()
        self._unsent_bytes = self._received_bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Start the time limit, and close the connection that has been idle for longest if there are too many."""
        super().connection_made(transport)
        self._restart_timer()
        others = [other for other in self.connections if isinstance(other, BoundedConnection) and other.is_open()]
        idle = [other for other in others if other is not self and other.awaits_request()]
        if self.limit_concurrency is not None and len(others) >= self.limit_concurrency and idle:
            min(idle, key=lambda other: other.idle_since).transport.abort()

    def data_received(self, data: bytes) -> None:
        """Count what arrives, and start the time limit again for the body of a request."""
        self._received_bytes += len(data)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self.cycle.more_body:
            self._restart_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the time limit."""
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Start the time limit for the next request."""
        self.idle_since = self.loop.time()
        self._restart_timer()
        super().on_response_complete()

    def is_open(self) -> bool:
        """Return whether neither side has closed the connection."""
        return not self.transport.is_closing()

    def awaits_request(self) -> bool:
        """Return whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def _restart_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._unsent_bytes = self._received_bytes = 0
        self._timer = self.loop.call_later(self.client_seconds, self._close_if_slow)

    def _close_if_slow(self) -> None:
        """Close the connection if the client has not sent its request or takes nothing of the response."""
        unsent = self.transport.get_write_buffer_size()
        if unsent == self._unsent_bytes if unsent else self._sends_too_little():
            self.transport.abort()
            return
        self._restart_timer()
        self._unsent_bytes = unsent

    def _sends_too_little(self) -> bool:
        if self.awaits_request():
            return True
        awaits_body = self.cycle.more_body and not self.flow.read_paused  # paused: the client waits for us
        return awaits_body and self._received_bytes < self.least_body_bytes
