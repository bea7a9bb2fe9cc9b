"""The layer around the site: names, sizes, and the headers that every answer carries."""

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
from worker.web.guard import Guard, names

ROOT = Path(__file__).parents[3]


def _answer(_request: Request) -> Response:
    return PlainTextResponse("well")


def _break(_request: Request) -> Response:
    raise RuntimeError("broken on purpose")


SITE = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"]), Route("/broken", _break)])


@pytest.fixture
def client() -> Iterator[Client]:
    """Yield a client of a site that answers to any name."""
    with serving(Guard(SITE, frozenset())) as made:
        yield made


@pytest.mark.parametrize("path", ["/", "/nowhere", "/broken"])
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    """Answers, errors and faults alike forbid scripts, frames, sniffing and storing."""
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
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
    ],
)
def test_a_service_of_this_machine_answers_to_its_names_alone(host: str, status: int) -> None:
    """A foreign name that was made to point here (DNS rebinding) is refused."""
    with serving(Guard(SITE, names("127.0.0.1", ()))) as client:
        assert client.get("/", host=host).status == status


def test_names_of_a_proxy_can_be_added() -> None:
    """Behind a proxy the names of the settings are known too; on all addresses without names, any is."""
    assert "desk.example" in names("127.0.0.1", ["desk.example"])
    everywhere = "0.0.0.0"  # noqa: S104  nothing is bound
    assert names(everywhere, ()) == frozenset()
    assert "desk.example" in names(everywhere, ["desk.example"])


def test_large_bodies_are_refused_unread(client: Client) -> None:
    """A body larger than any form of ours, or of unknown length, is not taken."""
    assert client.post("/", b"x" * 70_000).status == 413
    assert client.post("/", b"0\r\n\r\n", transfer_encoding="chunked").status == 413
    assert client.post("/", b"x").status == 200


def test_compose_answers_to_names_of_its_own_only() -> None:
    """The container serves all addresses, yet only this machine's names, and the one of Prometheus, are known."""
    stack = (ROOT / "docker-compose.yml").read_text("utf-8")
    [chosen] = re.findall(r"COPYDESK_WEB_NAMES: '\$\{COPYDESK_WEB_NAMES:-(.+)\}'", stack)
    [scraped] = re.findall(r'targets: \["([\w.-]+):\d+"\]', (ROOT / "config/prometheus.yml").read_text("utf-8"))
    assert "--host, 0.0.0.0" in stack
    assert names("0.0.0.0", json.loads(chosen)) == {"localhost", "127.0.0.1", "[::1]", scraped}  # noqa: S104  as compose
