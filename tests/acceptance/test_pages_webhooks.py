"""The page of webhooks in a real Chromium: an editor sees what was delivered and what was not."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import TOKEN, Running
from tests.integration.webhooks.receiver import receiving
from tests.integration.webhooks.test_sending import until
from worker.settings import load
from worker.store.session import engine as make_engine
from worker.webhooks.sender import sending

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_an_editor_sees_the_deliveries(browser: "Browser", pages: Running, screenshots: Path) -> None:
    """After sign-in the page has each message with its answer, fits a phone, and axe finds no serious problem."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    loopback = {"webhook_networks": (ip_network("127.0.0.0/8"),)}
    settings = load(database_url=pages.environment["DATABASE_URL"]).model_copy(update=loopback)
    with receiving() as one, receiving() as other, sending(settings):
        other.answers.append(410)
        for inbox in (one, other):
            pages.copydesk("webhook", "add", inbox.url, "--after", "0")
        engine = make_engine(settings)
        until(engine, "id = 1 AND after > 0")
        until(engine, "id = 2 AND disabled_at IS NOT NULL")
        engine.dispose()
    context = browser.new_context(base_url=pages.address, viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.goto("/webhooks")
    tab.get_by_label("Token").fill(TOKEN)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(re.compile("/webhooks$"))
    assert tab.get_by_role("row").filter(has_text="delivered (200)").count() >= 1
    tab.get_by_text("it wants no more messages").wait_for()
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        tab.screenshot(path=screenshots / f"webhooks-{scheme}.png", full_page=True)
        assert not [v["id"] for v in axe.Axe().run(tab).response["violations"] if v["impact"] != "minor"]
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.screenshot(path=screenshots / "webhooks-narrow.png", full_page=True)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    edges = "cells => cells.map(cell => cell.getBoundingClientRect().right)"
    assert max(tab.get_by_role("cell").evaluate_all(edges)) <= 360
    tab.goto("/")
    tab.get_by_role("link", name="Webhooks").click()
    tab.get_by_role("heading", name="Webhooks", exact=True).wait_for()
    context.close()
