"""Guessing the token: one guess a second, on any path."""

import hmac
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from sqlalchemy import Engine

from tests.integration.web.conftest import TOKEN
from tests.integration.web.desk import add_token
from tests.serving import Client, serving
from worker.article import TokenScope
from worker.settings import Settings
from worker.web import access
from worker.web.application import application
from worker.web.session import COOKIE


def test_wrong_tokens_are_tried_one_after_the_other(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty guesses at once a few wait for the pauses of those before, and the rest is refused."""
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 0.5)
    begin = time.monotonic()
    with ThreadPoolExecutor(40) as guessers:
        answers = list(guessers.map(lambda n: client.post("/sign-in", {"token": f"guess-{n:012}"}).status, range(40)))
    tried = answers.count(403)
    assert set(answers) <= {403, 503}
    assert time.monotonic() - begin >= 0.5 * tried
    assert tried >= 11
    assert 503 in answers
    assert client.post("/sign-in", {"token": TOKEN}).status == 303


def test_the_form_says_where_the_token_is(client: Client, settings: Settings, engine: Engine) -> None:
    """It names the setting if the service has it, and the command that makes a token, also after a wrong token."""
    for page in (client.get("/sign-in"), client.post("/sign-in", {"token": "wrong"})):
        assert "<code>COPYDESK_WEB_TOKEN</code>" in page.text
        assert "copydesk token add NAME --scope write" in page.text
        assert TOKEN not in page.text
    add_token(engine, "desk", TokenScope.WRITE)
    with serving(application(settings.model_copy(update={"web_token": ""}), engine)) as other:
        page = other.get("/sign-in")
    assert "COPYDESK_WEB_TOKEN" not in page.text
    assert "copydesk token add NAME --scope write" in page.text


def test_other_pages_are_answered_while_a_wrong_token_waits(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause of a guess holds up no page."""
    monkeypatch.setattr(access, "WRONG_TOKEN_SECONDS", 2.0)
    with ThreadPoolExecutor(1) as guesser:
        guess = guesser.submit(client.post, "/sign-in", {"token": "guess-000000000000"})
        assert client.get("/sign-in").status == 200
        assert not guess.done()
        assert guess.result().status == 403


def test_a_cookie_signed_with_the_bare_token_opens_no_session(client: Client) -> None:
    """Who guesses the token must not be able to try guesses in cookies, which nothing slows down."""
    value = f"{int(time.time()) + 1000}.guess"
    signature = hmac.new(TOKEN.encode(), f"session:{value}".encode(), sha256).hexdigest()
    client.cookies[COOKIE] = f"{value}.{signature}"
    assert "form_token" not in client.get("/").text
