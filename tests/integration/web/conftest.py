"""The site on the tests' database, asked over a socket."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.serving import Client, serving
from worker.settings import Settings
from worker.web.application import application

TOKEN = "a-token-for-tests-0123456789"


@pytest.fixture
def client(settings: Settings, engine: Engine) -> Iterator[Client]:
    """Yield a visitor of the site; a token is set, and nobody has shown it."""
    site = application(settings.model_copy(update={"web_token": TOKEN}), engine)
    with serving(site) as made:
        yield made


@pytest.fixture
def editor(client: Client) -> Client:
    """Return a visitor who has shown the token."""
    assert client.post("/sign-in", {"token": TOKEN}).status == 303
    return client


def form_token(client: Client) -> str:
    """Return the token that the site's own forms carry for this visitor."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', client.get("/").text)
    assert found, "no form of the page carries a token"
    return found[1]
