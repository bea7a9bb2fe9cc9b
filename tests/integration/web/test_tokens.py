"""Named tokens: what each scope opens, that a revoked one opens nothing, and that closed pages are closed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.dispatches import dispatch
from tests.integration.delivery import rows, scalar
from tests.integration.newsroom import Newsroom
from tests.integration.web.conftest import TOKEN, form_token
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.errors import CopydeskError
from worker.operations import tokens
from worker.settings import Settings
from worker.store.tokens import revoke
from worker.web import access
from worker.web.application import OPEN_PATHS, ROUTES, application

ARTICLE = b'{"text": "Bakers in Lindow will open an hour later from May."}'


def add(engine: Engine, scope: TokenScope) -> str:
    """Store a token that is named after its scope, and return it."""
    with engine.begin() as connection:
        return tokens.create(connection, f"a-{scope}-token", scope)


@pytest.fixture
def closed(settings: Settings, engine: Engine, newsroom: Newsroom) -> Iterator[Client]:
    """Yield a visitor of a site with a story that only holders of a token may read."""
    newsroom.article(dispatch(1))
    secret = {"web_token": TOKEN, "web_readers": "token"}
    with serving(application(settings.model_copy(update=secret), engine)) as client:
        yield client


@pytest.mark.parametrize(
    ("scope", "read", "post", "correct"), [("read", 200, 403, 403), ("ingest", 403, 202, 403), ("write", 200, 202, 200)]
)
def test_each_scope_opens_what_it_says(
    closed: Client, engine: Engine, scope: str, read: int, post: int, correct: int
) -> None:
    """A token reads, posts articles or corrects as its scope says, and gets 403 for the rest."""
    bearer = {"authorization": f"Bearer {add(engine, TokenScope(scope))}"}
    sent = bearer | {"content_type": "application/json"}
    assert closed.get("/api/v1/stories/1", **bearer).status == read
    assert closed.get("/api/stories/1", **bearer).status == (200 if read == 200 else 401)
    assert closed.post("/api/v1/match", ARTICLE, **sent).status == read
    assert closed.post("/api/v1/articles", ARTICLE, **sent).status == post
    assert closed.get("/api/v1/files/1", **bearer).status == 200
    assert closed.post("/api/v1/articles/1/pin", b"{}", **sent).status == correct


def test_the_token_of_the_setting_keeps_working(client: Client, newsroom: Newsroom) -> None:
    """It may do all in the API too; its corrections have the name of no other token."""
    newsroom.article(dispatch(1))
    sent = {"authorization": f"Bearer {TOKEN}", "content_type": "application/json"}
    assert client.post("/api/v1/articles/1/pin", b"{}", **sent).status == 200
    assert scalar(newsroom.engine, "SELECT made_by FROM corrections") == "shared token"


def test_closed_pages_are_closed(closed: Client) -> None:
    """No page and no address of the API gives a stranger anything: pages lead to the form, programs get 401."""
    for route in ROUTES:
        path = re.sub(r"\{.*?\}", "1", route.path)
        methods = route.methods or set()
        answer = closed.get(path) if "GET" in methods else closed.post(path, {"form_token": "x"})
        if route.path in OPEN_PATHS:
            assert answer.status in {200, 403, 503}, path
        elif path.startswith(("/api/", "/metrics", "/feed.atom")) or "GET" not in methods:
            assert answer.status == 401, path
        else:
            assert (answer.status, answer.headers["location"][:14]) == (303, "/sign-in?next="), path
    document = closed.get("/api/v1/openapi.json").json
    for path in document["paths"]:
        for method in document["paths"][path]:
            sent = closed.get if method == "get" else closed.post
            assert sent(path.replace("{id}", "1")).status == 401, path


def test_a_reader_signs_in_and_comes_back(closed: Client, engine: Engine) -> None:
    """A token of the scope read opens the page that was asked for, without buttons that correct."""
    token = add(engine, TokenScope.READ)
    there = closed.get("/stories/1?article=1").headers["location"]
    assert 'name="next" value="/stories/1?article=1"' in closed.get(there).text
    signed_in = closed.post("/sign-in", {"token": token, "next": "/stories/1?article=1"})
    assert (signed_in.status, signed_in.headers["location"]) == (303, "/stories/1?article=1")
    page = closed.get("/stories/1?article=1")
    assert page.status == 200
    assert "a-read-token" in page.text
    assert "/pin" not in page.text
    assert closed.post("/articles/1/pin", {"form_token": form_token(closed)}).status == 403
    assert closed.post("/sign-out", {"form_token": form_token(closed)}).status == 303
    assert closed.get("/").status == 303


@pytest.mark.parametrize("there", ["//other.example", "/\\other.example", "https://other.example", "/a b", "", "/\nx"])
def test_no_address_of_another_site_follows_a_sign_in(client: Client, there: str) -> None:
    """The form leads to pages of this site only."""
    assert client.post("/sign-in", {"token": TOKEN, "next": there}).headers["location"] == "/"


def test_a_correction_in_the_pages_has_the_name_of_the_token(
    client: Client, engine: Engine, newsroom: Newsroom
) -> None:
    """Who signed in with a named token is stored with the correction, and shown on the story's page."""
    newsroom.article(dispatch(1))
    client.post("/sign-in", {"token": add(engine, TokenScope.WRITE)})
    assert client.post("/articles/1/pin", {"form_token": form_token(client), "note": "clean"}).status == 303
    assert scalar(engine, "SELECT made_by FROM corrections") == "a-write-token"
    assert "by <bdi>a-write-token</bdi>" in client.get("/stories/1").text


def test_a_revoked_token_opens_nothing(closed: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment of the revocation neither the token nor a session that it opened is answered."""
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 0.01)
    token = add(engine, TokenScope.WRITE)
    closed.post("/sign-in", {"token": token})
    assert closed.get("/").status == 200
    with engine.begin() as connection:
        assert revoke(connection, "a-write-token")
        assert not revoke(connection, "a-write-token")
    assert closed.get("/").status == 303
    assert closed.get("/api/v1/stories", authorization=f"Bearer {token}").status == 401
    assert closed.post("/sign-in", {"token": token}).status == 403
    assert add(engine, TokenScope.WRITE) != token


def test_an_ingest_token_opens_no_session(client: Client, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program's token that may only post can't be used in the form."""
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 0.01)
    assert client.post("/sign-in", {"token": add(engine, TokenScope.INGEST)}).status == 403


@pytest.mark.parametrize("sent", ["Basic YTpi", "Bearer", "Bearer ", "Bearer wrong", "Bearer copydesk_wrong", "x"])
def test_a_wrong_header_is_unauthorized(client: Client, monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    """A header that holds no valid token is refused, also where reading is open."""
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 0.01)
    refused = client.get("/api/v1/stories", authorization=sent)
    assert (refused.status, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_only_a_hash_of_a_token_is_stored(engine: Engine) -> None:
    """No column of any row has the token itself."""
    token = add(engine, TokenScope.READ)
    [row] = rows(engine, "SELECT tokens::text AS everything FROM tokens")
    assert token not in row.everything
    assert token.removeprefix(tokens.PREFIX).encode().hex() not in row.everything


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "é", "a" * 65, "shared token"])
def test_a_name_that_could_be_mistaken_is_refused(engine: Engine, name: str) -> None:
    """Names have letters, digits, dots, hyphens and underscores."""
    with engine.begin() as connection, pytest.raises(CopydeskError, match="name of a token"):
        tokens.create(connection, name, TokenScope.READ)


def test_the_commands_add_list_and_revoke(copydesk: Callable[..., Any], engine: Engine) -> None:
    """`token add` prints the token alone, `list` never does, a second of one name is refused until it is revoked."""
    added = copydesk("token", "add", "desk", "--scope", "write")
    token = added.out.strip()
    assert token.startswith(tokens.PREFIX)
    assert copydesk("token", "add", "desk", "--scope", "read").code == 1
    listed = copydesk("token", "list")
    assert "desk" in listed.out
    assert token not in listed.out + copydesk("token", "list", "--json").out
    assert copydesk("token", "revoke", "desk").code == 0
    assert copydesk("token", "revoke", "desk").code == 1
    assert "revoked" in copydesk("token", "list").out
    assert copydesk("token", "add", "desk", "--scope", "read").code == 0


def test_wrong_tokens_count_as_requests_of_their_address(settings: Settings, engine: Engine) -> None:
    """Who tries tokens is slowed down like everybody else."""
    with serving(application(settings.model_copy(update={"web_requests_per_minute": 3}), engine)) as client:
        tries = [client.get("/api/v1/stories", authorization="Bearer copydesk_guess").status for _ in range(5)]
    assert tries == [401, 401, 401, 429, 429]
