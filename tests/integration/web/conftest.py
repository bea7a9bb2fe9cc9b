"""The site on the test database, requested over a socket."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.serving import Client, serving
from worker.settings import Settings
from worker.web.application import application

TOKEN = "a-token-for-tests-0123456789"  # noqa: S105  it protects nothing


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[Client]:
    """Yield a visitor who is not signed in, on a site that has a token."""
    site = application(settings.model_copy(update={"web_token": TOKEN}), engine)
    with serving(site) as client:
        yield client


@pytest.fixture
def editor(client: Client) -> Client:
    """Return a visitor who is signed in."""
    assert client.post("/sign-in", {"token": TOKEN}).status == 303
    return client


def form_token(client: Client) -> str:
    """Return the CSRF token in the forms of this visitor."""
    match = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get("/").text)
    assert match, "no form on the page has a token"
    return match[1]
