"""Connections: idle and slow clients are disconnected, and hold up no other."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.serving import Client, serving
from worker.web.connection import BoundedConnection


async def _answer(request: Request) -> Response:
    await request.body()
    return PlainTextResponse("well")


async def _late(request: Request) -> Response:
    await asyncio.sleep(1)
    return PlainTextResponse(str(len(await request.body())))


def _large(_request: Request) -> Response:
    return PlainTextResponse("x" * 50_000_000)


@pytest.fixture
def client() -> Iterator[Client]:
    """Yield a client of a site with a small and a large page."""
    routes = [Route("/", _answer, methods=["GET", "POST"]), Route("/large", _large)]
    routes.append(Route("/late", _late, methods=["POST"]))
    with serving(Starlette(routes=routes)) as client:
        yield client


def connect(client: Client, sent: bytes = b"") -> socket.socket:
    """Return a connection on which ``sent`` was sent."""
    connection = socket.create_connection(("127.0.0.1", client.port), timeout=30)
    connection.sendall(sent)
    return connection


def send_bytewise(connection: socket.socket, count: int) -> None:
    """Send a byte at a time, 20 a second."""
    for _ in range(count):
        time.sleep(0.05)
        connection.sendall(b"x")


def received(connection: socket.socket) -> int:
    """Return the number of bytes that arrive until the server closes the connection."""
    count = 0
    with suppress(ConnectionResetError):
        while data := connection.recv(1_000_000):
            count += len(data)
    return count


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_idle_connections_hold_up_no_request(client: Client, sent: bytes) -> None:
    """With 250 connections whose requests do not arrive, each new request is answered."""
    with ExitStack() as opened:
        for _ in range(250):
            opened.enter_context(connect(client, sent))
        assert [client.get("/").status for _ in range(5)] == [200] * 5


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nslow",
    ],
)
def test_a_request_that_does_not_arrive_is_disconnected(
    client: Client, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """A client that sends nothing, a part of its headers or a part of its body is disconnected."""
    monkeypatch.setattr(BoundedConnection, "client_seconds", 0.2)
    with connect(client, sent) as connection:
        assert received(connection) == 0


def test_an_upload_may_take_longer_than_the_time_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that arrives in parts is read whole, also on a connection that was used before."""
    monkeypatch.setattr(BoundedConnection, "client_seconds", 1.0)
    monkeypatch.setattr(BoundedConnection, "least_body_bytes", 5_000)

    def parts() -> Iterator[bytes]:
        for _ in range(15):
            time.sleep(0.1)
            yield b"x" * 10_000

    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
    with closing(connection):
        for body in (b"", parts()):
            connection.request("POST", "/", body, {"content-length": "150000" if body else "0"})
            assert connection.getresponse().read() == b"well"


def test_a_body_that_arrives_too_slowly_is_not_awaited(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that sends a byte at a time is disconnected."""
    monkeypatch.setattr(BoundedConnection, "client_seconds", 0.2)
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n"
    with connect(client, head) as connection, pytest.raises(ConnectionError):
        send_bytewise(connection, 90)


def test_a_client_waits_for_a_busy_server(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client whose body is not read yet is not disconnected, although it sends nothing meanwhile."""
    monkeypatch.setattr(BoundedConnection, "client_seconds", 0.2)
    body = b"x" * 20_000_000
    assert client.post("/late", body).text == str(len(body))


def test_a_client_that_reads_nothing_is_disconnected(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that its client does not take is dropped, although it was not sent whole."""
    lost = threading.Event()
    closed = BoundedConnection.connection_lost

    def connection_lost(self: BoundedConnection, error: Exception | None) -> None:
        closed(self, error)
        lost.set()

    monkeypatch.setattr(BoundedConnection, "connection_lost", connection_lost)
    monkeypatch.setattr(BoundedConnection, "client_seconds", 0.2)
    with connect(client, b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n") as connection:
        assert lost.wait(30)
        assert received(connection) < 50_000_000


def test_a_large_response_is_sent_whole(client: Client) -> None:
    """A client that takes the response gets all of it."""
    assert len(client.get("/large").text) == 50_000_000
