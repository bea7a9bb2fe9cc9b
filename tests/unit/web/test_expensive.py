"""Expensive pages: one at a time, while other pages are answered."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.serving import Client, serving
from worker.web.expensive import one_at_a_time

STARTED, FINISH = threading.Event(), threading.Event()


def _cheap(_request: Request) -> Response:
    return PlainTextResponse("well")


def _expensive(_request: Request) -> Response:
    alone = not STARTED.is_set()
    STARTED.set()
    FINISH.wait(30)
    STARTED.clear()
    return PlainTextResponse("alone" if alone else "together")


@pytest.fixture
def client() -> Iterator[Client]:
    """Yield a client of a site with a cheap and an expensive page."""
    site = Starlette(routes=[Route("/", _cheap), Route("/expensive", one_at_a_time(_expensive))])
    site.state.site = SimpleNamespace(expensive=CapacityLimiter(1))
    with serving(site) as client:
        yield client


def test_expensive_pages_wait_for_each_other_and_for_no_other_page(client: Client) -> None:
    """Of 45 requests for an expensive page one runs at a time; a cheap page is answered while they wait."""
    with ThreadPoolExecutor(45) as visitors:
        waiting = [visitors.submit(client.get, "/expensive") for _ in range(45)]
        assert STARTED.wait(30)
        assert client.get("/").text == "well"
        FINISH.set()
        assert {request.result().text for request in waiting} == {"alone"}
