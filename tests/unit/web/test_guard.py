"""The middleware: host names, request sizes, and the security headers of every response."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.serving import Client, serving
from worker.web.guard import Guard, allowed_hosts

ROOT = Path(__file__).parents[3]


def _answer(_request: Request) -> Response:
    return PlainTextResponse("well")


def _break(_request: Request) -> Response:
    raise RuntimeError("broken on purpose")


SITE = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"]), Route("/broken", _break)])


@pytest.fixture
def client() -> Iterator[Client]:
    """Yield a client of a site that accepts any host name."""
    with serving(Guard(SITE, frozenset())) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/nowhere", "/broken"])
def test_every_response_has_the_security_headers(client: Client, path: str) -> None:
    """Pages, errors and internal errors all forbid scripts but our files, frames, sniffing and caching."""
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "; script-src 'self'; " in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("LOCALHOST", 200),
        ("evil.example", 400),
        ("", 400),
        ("[::1].evil.example", 400),
        ("[::1]evil.example:80", 400),
        ("[::1]:80.evil.example", 400),
        ("evil.example[::1]", 400),
        ("localhost:80@evil.example", 400),
        ("localhost.evil.example", 400),
        ("evil@localhost", 400),
    ],
)
def test_a_local_service_accepts_only_local_names(host: str, status: int) -> None:
    """A foreign name that points to this machine (DNS rebinding) is refused."""
    with serving(Guard(SITE, allowed_hosts("127.0.0.1", ()))) as client:
        assert client.get("/", host=host).status == status


def test_names_of_a_proxy_can_be_added() -> None:
    """Names in the settings are accepted too; on all addresses without such names, any name is accepted."""
    assert "desk.example" in allowed_hosts("127.0.0.1", ["desk.example"])
    everywhere = "0.0.0.0"  # noqa: S104  nothing is bound
    assert allowed_hosts(everywhere, ()) == frozenset()
    assert "desk.example" in allowed_hosts(everywhere, ["desk.example"])


def test_large_bodies_are_refused(client: Client) -> None:
    """A body that is larger than any of our forms, or of unknown length, is refused."""
    assert client.post("/", b"x" * 70_000).status == 413
    assert client.post("/", b"0\r\n\r\n", transfer_encoding="chunked").status == 413
    assert client.post("/", b"x").status == 200


def test_the_compose_stack_accepts_only_its_own_names() -> None:
    """The container listens on all addresses, but accepts only local names and the name that Prometheus uses."""
    stack = (ROOT / "docker-compose.yml").read_text("utf-8")
    [chosen] = re.findall(r"COPYDESK_WEB_NAMES: '\$\{COPYDESK_WEB_NAMES:-(.+)\}'", stack)
    [scraped] = re.findall(r'targets: \["([\w.-]+):\d+"\]', (ROOT / "config/prometheus.yml").read_text("utf-8"))
    assert "--host, 0.0.0.0" in stack
    assert allowed_hosts("0.0.0.0", json.loads(chosen)) == {"localhost", "127.0.0.1", "[::1]", scraped}  # noqa: S104  as compose
