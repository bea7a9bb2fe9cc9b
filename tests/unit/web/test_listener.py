"""The address of the pages that the log names."""

import socket
from collections.abc import Iterator

import pytest

from worker.settings import load
from worker.web.listener import where


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen on all addresses and a free port, as in a container."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104  nothing connects
        yield server


def test_the_address_of_the_socket_is_named(listener: socket.socket) -> None:
    """Without a setting the port is that of the socket, and the host is one that a browser can open."""
    port = listener.getsockname()[1]
    assert where(load(), listener) == f"The pages are at http://127.0.0.1:{port}/"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8090/", "https://desk.example.org/", "http://[::1]:81/"])
def test_the_published_address_is_named(listener: socket.socket, url: str) -> None:
    """If the pages are published elsewhere, the sentence names that address and not the port of the socket."""
    said = where(load(web_url=url), listener)
    assert said == f"The pages are at {url}"


def test_a_port_that_is_chosen_later_is_not_named(listener: socket.socket) -> None:
    """If Docker publishes any free port, the sentence says how to find it."""
    said = where(load(web_url="http://127.0.0.1:0/"), listener)
    assert "docker compose port web 8000" in said
    assert ":0" not in said
