"""The review queue in a real Chromium: one key decides, with and without scripts, and the page is accessible."""

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from tests.acceptance.conftest import Running, check_access, sign_in, watched

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

from worker.store import review
from worker.store.review import NewReviewItem


@pytest.fixture(scope="module")
def asked(pages: Running) -> Running:
    """Return the service with pairs of articles of different stories in the queue."""
    rows = pages.copydesk("stories")
    first, *others = sorted(row["canonical_article_id"] for row in rows)
    engine = create_engine(pages.environment["DATABASE_URL"])
    with engine.begin() as connection:
        for other in others[:4]:
            review.insert(connection, [NewReviewItem("refused", other, first, 0.6, "Different stories: by little")])
    engine.dispose()
    return pages


def waiting(pages: Running) -> list[int]:
    """Return the pairs that wait."""
    return [row["id"] for row in pages.copydesk("review")]


def test_one_key_decides(browser: "Browser", asked: Running) -> None:
    """With the script a key alone decides, but not while a note is written."""
    before = waiting(asked)
    for tab in watched(browser.new_context(base_url=asked.address)):
        sign_in(tab, "/review")
        tab.get_by_label("Note").fill("")
        tab.keyboard.type("sn")
        assert waiting(asked) == before
        tab.get_by_role("heading", name="Refused by little").click()
        tab.keyboard.press("n")
        tab.get_by_role("status").get_by_text("is not a copy of").wait_for()
    assert waiting(asked) == before[1:]


def test_a_button_decides_without_scripts(browser: "Browser", asked: Running) -> None:
    """Without scripts a button that has the focus decides by Enter, and each has its access key."""
    before = waiting(asked)
    for tab in watched(browser.new_context(base_url=asked.address, java_script_enabled=False)):
        sign_in(tab, "/review")
        keys = [button.get_attribute("accesskey") for button in tab.locator(".decision button").all()]
        assert keys == ["y", "n", "s"]
        tab.get_by_role("button", name="Skip").press("Enter")
        tab.get_by_role("status").get_by_text("were skipped").wait_for()
    assert waiting(asked) == before[1:]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_queue_is_accessible(
    browser: "Browser", asked: Running, screenshots: "Path", scheme: str, width: int
) -> None:
    """Axe finds no serious problem, and only differences and tables may be wider than the screen."""
    check_access(browser, asked, "/review", screenshots / f"review-{scheme}-{width}.png", scheme, width)
