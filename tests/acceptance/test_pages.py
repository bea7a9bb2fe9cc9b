"""The pages in a real Chromium: what an editor does, with mouse and keyboard, with and without scripts, light and dark.

Screenshots go to the folder that COPYDESK_SCREENSHOTS names, to be looked at; docs/images/story.png is one of them.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.conftest import TOKEN, Running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
DISPATCH = "Torvane Crosses the Ombra to Sign Dam Pact With Hrel"
PAGES = {
    "stories": "/",
    "found": "/?q=dam&copies=1",
    "story": "/stories/1",
    "cleaning": "/articles/1/cleaning",
    "sources": "/sources",
    "files": "/files",
    "quarantined": "/files?state=quarantined",
    "file": "/files/1",
    "dashboard": "/dashboard?period=hour",
    "api": "/api",
    "sign-in": "/sign-in",
    "missing": "/stories/999",
}


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Yield a headless Chromium; the test is skipped where none is installed."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with api.sync_playwright() as playwright:
        # Chromium's own sandbox needs what containers and root do not have; it is shown nothing but our own pages
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: "Browser", pages: Running) -> "Iterator[Page]":
    """Yield an empty tab on the service; anything that its console says is a failure."""
    context = browser.new_context(base_url=pages.address, viewport={"width": 1200, "height": 900})
    yield from _watched(context)


def _watched(context: "BrowserContext") -> "Iterator[Page]":
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    yield tab
    context.close()
    assert not [words for words in said if "404" not in words]


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Return the folder that pictures are put into."""
    folder = Path(os.environ.get("COPYDESK_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def dispatch(pages: Running) -> dict[str, Any]:
    """Return the story that the five versions of the dispatch became; it is the same after each test."""
    return story_of_the_dispatch(pages)


def story_of_the_dispatch(pages: Running) -> dict[str, Any]:
    """Ask for that story."""
    [row] = [row for row in pages.copydesk("stories") if row["title"] == DISPATCH]
    found: dict[str, Any] = pages.copydesk("story", str(row["id"]))
    return found


def article(story: dict[str, Any], name: str) -> int:
    """Return the article that came from a file."""
    [number] = [copy["article_id"] for copy in story["copies"] if copy["source_path"].endswith(name)]
    return int(number)


def test_an_editor_finds_why_splits_and_joins_again(
    page: "Page", pages: Running, dispatch: dict[str, Any], screenshots: Path
) -> None:
    """From the list to the story, the rewrite beside it with differences marked, why it was joined, split, merge."""
    story = dispatch
    rewrite = article(story, "005-rewrite.txt")
    assert len(story["copies"]) == 5
    page.goto("/")
    page.get_by_label("Words of headline or lead").fill("torvane ombra pact")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=DISPATCH).click()
    page.get_by_role("link", name=str(rewrite), exact=True).click()
    assert page.get_by_role("heading", name=f"Article {rewrite} beside the canonical text").is_visible()
    assert page.locator(".sides mark").count() > 20
    assert "will be the first prime minister who has divided" in " ".join(page.locator(".sides").inner_text().split())
    picture = {"x": 0, "y": 0, "width": 1200, "height": 1060}
    page.screenshot(path=screenshots / "story.png", full_page=True, clip=picture)
    why = page.get_by_role("region", name=f"Why article {rewrite} is in this story")
    assert why.get_by_role("row", name="names").first.is_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/stories/{story['id']}?article={rewrite}")
    page.get_by_role("button", name=f"Split article {rewrite} off").click()
    alone = page.url.rpartition("/")[2]
    assert [copy["article_id"] for copy in pages.copydesk("story", alone)["copies"]] == [rewrite]
    page.get_by_label("Merge with story").fill(str(story["id"]))
    page.screenshot(path=screenshots / "split.png", full_page=True)
    page.get_by_role("button", name="Merge", exact=True).click()
    assert page.url.endswith(f"/stories/{story['id']}")
    assert len(story_of_the_dispatch(pages)["copies"]) == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_fault_of_accessibility(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], screenshots: Path, name: str, scheme: Any
) -> None:
    """Axe finds nothing serious on any page, in either palette (contrast included)."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[browser]'"
    )
    context = browser.new_context(base_url=pages.address, color_scheme=scheme, viewport={"width": 1200, "height": 900})
    for tab in _watched(context):
        tab.goto(_address(dispatch, name))
        tab.screenshot(path=screenshots / f"{name}-{scheme}.png", full_page=True)
        found = axe.Axe().run(tab).response["violations"]
        serious = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found if one["impact"] != "minor"]
        assert not serious


def _address(dispatch: dict[str, Any], name: str) -> str:
    """Return a page's address; a story is shown with its rewrite beside it."""
    if name != "story":
        return PAGES[name]
    return f"/stories/{dispatch['id']}?article={article(dispatch, '005-rewrite.txt')}"


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_telephone(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], screenshots: Path, name: str
) -> None:
    """On a narrow screen nothing has to be scrolled sideways but wide tables, within themselves."""
    context = browser.new_context(base_url=pages.address, viewport={"width": 360, "height": 740})
    for tab in _watched(context):
        tab.goto(_address(dispatch, name))
        tab.screenshot(path=screenshots / f"{name}-narrow.png", full_page=True)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_everything_works_without_scripts(browser: "Browser", pages: Running) -> None:
    """With JavaScript turned off, searching, reading and comparing work all the same."""
    context = browser.new_context(base_url=pages.address, java_script_enabled=False)
    for tab in _watched(context):
        tab.goto("/?q=dam")
        tab.get_by_role("link", name=DISPATCH).click()
        tab.get_by_role("link", name="beside it").click()
        assert tab.locator(".sides mark").count() > 0


def test_the_keyboard_reaches_everything(page: "Page", dispatch: dict[str, Any]) -> None:
    """The first Tab offers to skip the navigation, and a copy on the timeline is chosen with Enter."""
    page.goto(f"/stories/{dispatch['id']}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('svg') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**article=*")
