"""Corrections in a real Chromium, wide and narrow: buttons on each copy, merging by boxes, undo; no ids typed."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.conftest import TOKEN, Running, watched
from tests.acceptance.test_pages import article, story_of_the_dispatch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


#: The width of a phone. There the pages run with their script, which axe needs; on the wide screen without any.
NARROW = 390


@pytest.fixture(params=[1280, NARROW])
def editor(browser: "Browser", pages: Running, request: pytest.FixtureRequest) -> "Iterator[Page]":
    """Yield a tab in which an editor has signed in on the page of the dispatch."""
    story = story_of_the_dispatch(pages)
    size: Any = {"width": request.param, "height": 844}
    context = browser.new_context(base_url=pages.address, viewport=size, java_script_enabled=request.param == NARROW)
    for tab in watched(context):
        tab.goto(f"/stories/{story['id']}?article={article(story, '005-rewrite.txt')}")
        tab.get_by_role("link", name="Sign in").click()
        tab.get_by_label("Token").fill(TOKEN)
        tab.get_by_role("button", name="Sign in").click()
        assert f"/stories/{story['id']}?article=" in tab.url
        yield tab


def inspect(tab: "Page", screenshots: Path, name: str) -> None:
    """Check that a page fits its screen, and where scripts run that axe finds no serious fault in either palette."""
    width = (tab.viewport_size or {"width": 0})["width"]
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme="light" if scheme == "light" else "dark")
        tab.screenshot(path=screenshots / f"{name}-{width}-{scheme}.png", full_page=True)
        if width == NARROW:
            axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
            violations = [v for v in axe.Axe().run(tab).response["violations"] if v["impact"] != "minor"]
            assert not [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
    assert tab.locator("html").evaluate("page => page.scrollWidth") <= width


def test_an_article_is_taken_out_and_brought_back(editor: "Page", pages: Running, screenshots: Path) -> None:
    """Not a copy takes it out of the story, whose page says so with a note's place and Undo, which brings it back."""
    story = story_of_the_dispatch(pages)
    rewrite = article(story, "005-rewrite.txt")
    inspect(editor, screenshots, "buttons")
    editor.get_by_label("Note for the next correction").fill("another reporter")
    editor.get_by_role("button", name=f"Not a copy article {rewrite}").first.click()
    assert f"/stories/{story['id']}?corrected=" in editor.url
    said = editor.get_by_role("status").filter(has_text="left story")
    said.wait_for()
    inspect(editor, screenshots, "taken-out")
    assert len(story_of_the_dispatch(pages)["copies"]) == 4
    said.get_by_role("button", name="Undo").click()
    editor.get_by_role("status").filter(has_text="was undone").wait_for()
    assert len(story_of_the_dispatch(pages)["copies"]) == 5
    editor.get_by_role("link", name="Corrections", exact=True).click()
    editor.get_by_text("another reporter").first.wait_for()
    inspect(editor, screenshots, "corrections")


def test_another_article_is_made_canonical(editor: "Page", pages: Running) -> None:
    """Make canonical pins the copy; removing the pin and undoing both leaves the story as it was."""
    story = story_of_the_dispatch(pages)
    rewrite = article(story, "005-rewrite.txt")
    editor.get_by_role("button", name=f"Make canonical article {rewrite}").first.click()
    editor.get_by_text("A person pinned it on").first.wait_for()
    title = pages.copydesk("story", str(story["id"]))["canonical_article_id"]
    assert title == rewrite
    editor.get_by_role("status").get_by_role("button", name="Undo").click()
    after = pages.copydesk("story", str(story["id"]))
    assert after["canonical_article_id"] == story["canonical_article_id"]
    assert after["pinned_at"] is None


def test_stories_are_merged_by_boxes(editor: "Page", pages: Running, screenshots: Path) -> None:
    """Two boxes in the list, a page that names the stories, the merged story, and back by Undo."""
    story = story_of_the_dispatch(pages)
    rewrite = article(story, "005-rewrite.txt")
    editor.get_by_role("button", name=f"Not a copy article {rewrite}").first.click()
    alone = editor.get_by_role("status").filter(has_text="left story").get_by_role("link").last.inner_text()
    editor.goto("/?q=torvane")
    for number in (alone, str(story["id"])):
        editor.get_by_role("checkbox", name=f"Select story {number}", exact=True).check()
    inspect(editor, screenshots, "selected")
    editor.get_by_role("button", name="Merge selected").click()
    editor.get_by_role("heading", name="Merge these stories?").wait_for()
    assert editor.locator("main .stories h2").count() == 2
    inspect(editor, screenshots, "merge")
    editor.get_by_label("Note, why they are one").fill("the same dispatch")
    editor.get_by_role("button", name="Merge 2 stories").click()
    assert len(story_of_the_dispatch(pages)["copies"]) == 5
    editor.get_by_role("status").get_by_role("button", name="Undo").click()
    assert len(story_of_the_dispatch(pages)["copies"]) == 4
    editor.goto("/corrections")
    editor.get_by_role("button", name="Undo").first.click()
    assert len(story_of_the_dispatch(pages)["copies"]) == 5
