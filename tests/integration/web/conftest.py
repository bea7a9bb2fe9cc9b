"""The site on the test database, requested over a socket."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.dispatches import copy_of, dispatch
from tests.integration.newsroom import NOON, Newsroom
from tests.integration.web.desk import Desk, add_token
from tests.serving import Client, serving
from worker.article import TokenScope
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


@pytest.fixture
def desk(client: Client, engine: Engine) -> Desk:
    """Return a program with a token of the scope write."""
    return Desk(client, add_token(engine, "desk-tools", TokenScope.WRITE))


@pytest.fixture
def placed(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom with a story of two articles, one of one, and a file in quarantine."""
    newsroom.article(dispatch(1), title="Crane falls")
    newsroom.link(newsroom.article(copy_of(1, 1), story=1, relation="near"), 1, same=True)
    newsroom.article(
        "Bakers in Lindow will open an hour later from May, because flour comes by the slow train.",
        seen=NOON + timedelta(hours=1),
    )
    newsroom.file("inbox/broken.txt", reason="It is a picture.")
    return newsroom
