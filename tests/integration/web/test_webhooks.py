"""Editors see what was sent to each webhook; others see nothing of it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from tests.integration.test_changes import commit_changes
from tests.integration.web.desk import add_token
from tests.serving import Client
from worker.article import TokenScope
from worker.store import webhook_messages, webhooks

SECRET = b"a secret of thirty-two bytes ...."


@pytest.fixture
def sent(engine: Engine) -> None:
    """Store a webhook with a delivered message and one that failed, and a disabled one."""
    commit_changes(engine, 1)
    with engine.begin() as connection:
        for path in ("hook", "old"):
            webhooks.add(connection, f"https://desk.example/{path}?<b>", ["created", "copy"], SECRET, 0)
        message = webhook_messages.next_message(connection, 1)
        assert message
        webhook_messages.delivered(connection, message, 204)
        webhook_messages.disable(connection, 2, "The receiver answered 410.")
    commit_changes(engine, 2)
    with engine.begin() as connection:
        message = webhook_messages.next_message(connection, 1)
        assert message
        webhook_messages.failed(connection, message, 500, "The receiver answered 500.", timedelta(seconds=5))


def test_editors_see_the_deliveries(editor: Client, sent: None) -> None:
    """The page has each webhook and message with its answer and attempts, escaped, and no secret."""
    page = editor.get("/webhooks")
    assert page.status == 200
    assert "https://desk.example/hook?&lt;b&gt;" in page.text
    assert "delivered (204)" in page.text
    assert "The receiver answered 500." in page.text
    assert "copydesk webhook enable 2" in page.text
    assert SECRET.decode() not in page.text


def test_a_page_without_webhooks_says_how_to_add_one(editor: Client) -> None:
    """The empty page names the command."""
    assert "copydesk webhook add" in editor.get("/webhooks").text


def test_others_do_not_see_the_deliveries(client: Client, engine: Engine, sent: None) -> None:
    """A visitor is sent to the sign-in form, and one with a token that may only read is refused."""
    stranger = client.get("/webhooks")
    assert (stranger.status, stranger.headers["location"]) == (303, "/sign-in?next=/webhooks")
    client.post("/sign-in", {"token": add_token(engine, "reader", TokenScope.READ)})
    refused = client.get("/webhooks")
    assert refused.status == 403
    assert "desk.example" not in refused.text


def test_the_dashboard_names_what_fails_to_editors(editor: Client, engine: Engine, sent: None) -> None:
    """An editor reads which webhook fails, since when and why, and finds the page of webhooks in the navigation."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET failures = 2 WHERE id = 1"))
    page = editor.get("/dashboard").text
    assert "Webhook 1 (desk.example) has failed since" in page
    assert "The last time: The receiver answered 500." in page
    assert "Webhook 2 (desk.example) is disabled since" in page
    assert '<a href="/webhooks">Webhooks</a>' in editor.get("/").text


def test_the_dashboard_tells_others_only_that_something_fails(client: Client, sent: None) -> None:
    """A visitor learns neither the host of a receiver nor its answer, and has no entry in the navigation."""
    page = client.get("/dashboard").text
    assert "Changes do not reach all webhooks." in page
    assert "desk.example" not in page
    assert '<a href="/webhooks">Webhooks</a>' not in page


def test_the_health_of_the_service_does_not_depend_on_receivers(client: Client, sent: None) -> None:
    """`/health` does not mention a disabled webhook, which `status` reports."""
    assert "ebhook" not in client.get("/health").text
