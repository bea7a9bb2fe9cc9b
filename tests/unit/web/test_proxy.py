"""The address of a client behind a proxy, in each notation that proxies use."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.serving import Client, serving
from worker.web.proxy import TrustedProxy, networks


def _address(request: Request) -> Response:
    return PlainTextResponse(request.client.host if request.client else "")


@pytest.fixture(scope="module")
def proxy() -> Iterator[Client]:
    """Yield a trusted proxy of a site that answers with the client's address."""
    site = Starlette(routes=[Route("/", _address)])
    with serving(TrustedProxy(site, networks(["127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"]), "")) as client:
        yield client


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5678", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("192.0.2.1, 203.0.113.7:5678, 10.0.0.5:443, [2001:db8:1::2]:80", "203.0.113.7"),
        ("203.0.113.7, unknown", "127.0.0.1"),
        ("203.0.113.7:port", "127.0.0.1"),
        ("203.0.113.7:1:2", "127.0.0.1"),
        ("[]:443", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_address_of_the_client_is_read(proxy: Client, forwarded: str, address: str) -> None:
    """An address counts with and without a port; of what is none, the proxy's own address remains."""
    assert proxy.get("/", x_forwarded_for=forwarded).text == address
