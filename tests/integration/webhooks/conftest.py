"""Fixtures: a receiver, and a scheduler's sender that looks for changes often."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from sqlalchemy import Engine

from tests.integration.webhooks.receiver import Inbox, receiving
from worker.settings import Settings
from worker.webhooks import sender
from worker.webhooks.register import register


@pytest.fixture
def near(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with which webhooks may be sent to this machine, soon and again soon."""
    monkeypatch.setattr(sender, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(sender, "_FIRST_PAUSE", 0.02)
    monkeypatch.setenv("COPYDESK_WEBHOOK_NETWORKS", '["127.0.0.0/8"]')
    return settings.model_copy(update={"webhook_networks": (ip_network("127.0.0.0/8"),)})


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """Yield a running receiver."""
    with receiving() as inbox:
        yield inbox


@pytest.fixture
def subscribe(engine: Engine) -> Callable[..., str]:
    """Return a function that registers a webhook for all changes from the first and returns its secret."""

    def add(inbox: Inbox, events: str | None = None) -> str:
        with engine.begin() as connection:
            return register(connection, inbox.url, events, 0)[1]

    return add
