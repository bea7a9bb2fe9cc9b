"""Webhooks are registered, tested and removed by commands; their secret is shown once."""

import json
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from tests.integration.conftest import Ran
from tests.integration.delivery import rows, run
from tests.integration.test_changes import commit_changes
from tests.integration.webhooks.receiver import Inbox
from worker.settings import Settings
from worker.store import locks, webhooks
from worker.webhooks.register import register
from worker.webhooks.sender import sending

Copydesk = Callable[..., Ran]


def until_sending(engine: Engine) -> None:
    """Wait until a scheduler listens for tests: it does so right after it has taken the lock of those who send."""
    listens = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%FROM webhooks WHERE disabled_at%')"
    for _ in range(2_000):
        with engine.connect() as connection:
            if locks.sends_webhooks(connection) and connection.execute(text(listens)).scalar_one():
                return
        threading.Event().wait(0.01)
    raise AssertionError("no scheduler sends")


def test_a_webhook_is_added_tested_listed_and_removed(
    near: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk
) -> None:
    """The secret is printed by `add` alone, a test message is signed with it, and nothing is left at the end."""
    commit_changes(engine, 1, 2)
    added = copydesk("webhook", "add", inbox.url, "--events", "created,merged")
    secret = added.out.strip()
    assert secret.startswith("whsec_")
    with sending(near):
        until_sending(engine)
        tested = copydesk("webhook", "test", 1)
    assert (tested.code, tested.out) == (0, "The receiver answered 200.\n")
    [received] = inbox.received
    assert received.is_signed_with(secret)
    assert received.json["type"] == "test"
    listed = copydesk("webhook", "list")
    assert inbox.url in listed.out
    assert "created, merged, up to change 2" in listed.out
    [row] = json.loads(copydesk("webhook", "list", "--json").out)
    assert (row["after"], row["waiting"], row["disabled_at"]) == (2, False, None)
    for ran in (listed, tested, copydesk("webhook", "list", "--json"), copydesk("export", "articles")):
        assert secret.removeprefix("whsec_") not in ran.out + ran.err
    assert copydesk("webhook", "remove", 1).code == 0
    assert rows(engine, "SELECT * FROM webhooks") == []
    assert copydesk("webhook", "test", 1).code == 1
    assert copydesk("webhook", "enable", 1).code == 1


def test_a_failing_test_says_why(near: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk) -> None:
    """The exit code is 1 and the sentence says what the receiver did; nothing is stored of it."""
    added = json.loads(copydesk("webhook", "add", inbox.url, "--after", 0, "--json").out)
    inbox.answers.append(500)
    with sending(near):
        until_sending(engine)
        ran = copydesk("webhook", "test", added["id"])
    assert (ran.code, ran.err) == (1, "The scheduler reports: The receiver answered 500.\n")
    assert rows(engine, "SELECT failures FROM webhooks") == [(0,)]
    assert rows(engine, "SELECT * FROM webhook_messages") == []


def test_a_strange_notification_ends_nothing(near: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk) -> None:
    """Any role may notify: what is no request is passed over, and the next test is sent."""
    copydesk("webhook", "add", inbox.url, "--after", 0)
    with sending(near):
        until_sending(engine)
        for content in ("junk", "[]", '{"id": "a"}', '{"id": "b", "webhook_id": 99999999999999999999}'):
            run(engine, "SELECT pg_notify('copydesk_webhook_test', :content)", content=content)
        assert copydesk("webhook", "test", 1).code == 0


def test_a_test_is_sent_with_the_settings_of_the_scheduler(
    near: Settings, settings: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk
) -> None:
    """Networks that only the command may reach are refused, and without a scheduler the command says that none runs."""
    copydesk("webhook", "add", inbox.url)
    alone = copydesk("webhook", "test", 1)
    assert alone.code == 1
    assert "No scheduler runs" in alone.err
    with sending(settings):
        until_sending(engine)
        refused = copydesk("webhook", "test", 1)
    assert refused.code == 1
    assert "127.0.0.1 is not an address of the public internet" in refused.err
    assert inbox.received == []


def test_a_test_is_sent_while_a_receiver_holds_up_a_message(
    near: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk
) -> None:
    """Messages and tests have threads of their own."""
    held = threading.Event()
    copydesk("webhook", "add", inbox.url, "--after", 0)
    inbox.answers.append(lambda: (held.wait(20), 200)[1])
    commit_changes(engine, 1)
    with sending(near):
        inbox.wait_for(1)
        assert copydesk("webhook", "test", 1).code == 0
        held.set()


def test_a_webhook_is_added_whatever_networks_the_command_may_reach(
    near: Settings, engine: Engine, inbox: Inbox, copydesk: Copydesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the scheduler's networks count, so `add` resolves nothing and names the command that asks the scheduler."""
    monkeypatch.delenv("COPYDESK_WEBHOOK_NETWORKS")
    added = copydesk("webhook", "add", inbox.url)
    assert added.code == 0, added.err
    assert "copydesk webhook test 1" in added.err
    assert copydesk("webhook", "add", "https://10.0.0.1/hook").code == 0
    with sending(near):
        until_sending(engine)
        assert copydesk("webhook", "test", 1).out == "The receiver answered 200.\n"
        refused = copydesk("webhook", "test", 2)
    assert refused.code == 1
    assert "10.0.0.1 is not an address of the public internet" in refused.err
    assert "the scheduler's setting webhook_networks" in refused.err


def test_what_can_not_be_a_webhook_is_refused(engine: Engine, copydesk: Copydesk) -> None:
    """A wrong address, an unknown kind of change and one webhook too many are refused with a sentence."""
    wrong = copydesk("webhook", "add", "https://name:password@desk.example.org/")
    assert (wrong.code, wrong.out) == (1, "")
    assert "neither a user name" in wrong.err
    assert "no kind of change 'changed'" in copydesk("webhook", "add", "http://127.0.0.1/", "--events", "changed").err
    with engine.begin() as connection:
        for _ in range(webhooks.MOST):
            register(connection, "http://127.0.0.1/", None, None)
    assert "as many as possible" in copydesk("webhook", "add", "http://127.0.0.1/").err


def test_a_webhook_that_would_skip_changes_is_refused(engine: Engine, copydesk: Copydesk) -> None:
    """After a change that is not there yet nothing would be sent until then, without a word; the newest one is fine."""
    commit_changes(engine, 1, 2)
    ahead = copydesk("webhook", "add", "https://desk.example/", "--after", 3)
    assert (ahead.code, ahead.out) == (1, "")
    assert "There is no change 3 yet" in ahead.err
    assert copydesk("webhook", "add", "https://desk.example/", "--after", 2).code == 0
    assert copydesk("webhook", "add", "https://desk.example/", "--after", 0).code == 0
