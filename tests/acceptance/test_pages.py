"""The pages in a real Chromium: an editor's work, mouse and keyboard, with and without scripts, light and dark.

Screenshots are written to the folder COPYDESK_SCREENSHOTS; docs/images/story.png is one of them.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.acceptance.conftest import TOKEN, Running, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DISPATCH = "Torvane Crosses the Ombra to Sign Dam Pact With Hrel"
PAGES = {
    "stories": "/",
    "search": "/?q=dam&copies=1",
    "narrowed": "/?relation=near&sort=sources&size=50",
    "story": "/stories/1",
    "cleaning": "/articles/1/cleaning",
    "sources": "/sources",
    "files": "/files",
    "quarantined": "/files?state=quarantined",
    "file": "/files/1",
    "corrections": "/corrections",
    "dashboard": "/dashboard?period=hour",
    "api": "/api",
    "sign-in": "/sign-in",
    "missing": "/stories/999",
}


@pytest.fixture
def page(browser: "Browser", pages: Running) -> "Iterator[Page]":
    """Yield an empty tab on the service; any console message is a failure."""
    context = browser.new_context(base_url=pages.address, viewport={"width": 1200, "height": 900})
    yield from watched(context)


@pytest.fixture(scope="module")
def dispatch(pages: Running) -> dict[str, Any]:
    """Return the story of the five versions of the dispatch; every test leaves it unchanged."""
    return story_of_the_dispatch(pages)


def story_of_the_dispatch(pages: Running) -> dict[str, Any]:
    """Return that story as it is now."""
    [row] = [row for row in pages.copydesk("stories") if row["title"] == DISPATCH]
    story: dict[str, Any] = pages.copydesk("story", str(row["id"]))
    return story


def article(story: dict[str, Any], name: str) -> int:
    """Return the article that came from a file."""
    [number] = [copy["article_id"] for copy in story["copies"] if copy["source_path"].endswith(name)]
    return int(number)


def test_an_editor_reads_the_evidence_splits_and_merges(
    page: "Page", pages: Running, dispatch: dict[str, Any], screenshots: Path
) -> None:
    """From the list to the story, to a copy with differences marked, to the evidence, and then a split and a merge."""
    story = dispatch
    rewrite = article(story, "005-rewrite.txt")
    assert len(story["copies"]) == 5
    page.goto("/")
    page.get_by_label("Words of any copy").fill("torvane ombra pact")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name=DISPATCH).click()
    page.get_by_role("link", name=str(rewrite), exact=True).click()
    page.get_by_role("heading", name=f"Article {rewrite} next to the canonical text").wait_for()
    differences = page.locator(".diff")
    assert differences.locator("del:visible").count() > 10
    assert differences.locator("ins:visible").count() > 10
    assert "will be the first prime minister who has divided" in " ".join(differences.inner_text().split())
    picture = {"x": 0, "y": 0, "width": 1200, "height": 1560}
    page.screenshot(path=screenshots / "story.png", full_page=True, clip=picture)
    why = page.get_by_role("region", name=f"Why article {rewrite} is in this story")
    why.get_by_text("Same story: ").first.wait_for()
    numbers = why.get_by_role("row", name="names", include_hidden=True).first
    assert not numbers.is_visible()
    why.get_by_text("The evidence in numbers").first.click()
    numbers.wait_for()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    assert page.url.endswith(f"/stories/{story['id']}?article={rewrite}")
    page.get_by_role("button", name=f"Split article {rewrite} off").click()
    alone = page.url.rpartition("/")[2].partition("?")[0]
    assert [copy["article_id"] for copy in pages.copydesk("story", alone)["copies"]] == [rewrite]
    page.get_by_label("Merge with story").fill(str(story["id"]))
    page.screenshot(path=screenshots / "split.png", full_page=True)
    page.get_by_role("button", name="Merge", exact=True).click()
    assert f"/stories/{story['id']}?corrected=" in page.url
    assert len(story_of_the_dispatch(pages)["copies"]) == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_are_accessible(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], screenshots: Path, name: str, scheme: Any
) -> None:
    """Axe finds no serious problem on any page in either palette, contrast included."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[browser]'"
    )
    context = browser.new_context(base_url=pages.address, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for tab in watched(context):
        tab.goto(_address(dispatch, name))
        tab.screenshot(path=screenshots / f"{name}-{scheme}.png", full_page=True)
        violations = [v for v in axe.Axe().run(tab).response["violations"] if v["impact"] != "minor"]
        serious = [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in violations]
        assert not serious


def _address(dispatch: dict[str, Any], name: str) -> str:
    """Return the address of a page; for the story, with its rewrite next to it."""
    if name != "story":
        return PAGES[name]
    return f"/stories/{dispatch['id']}?article={article(dispatch, '005-rewrite.txt')}"


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], screenshots: Path, name: str
) -> None:
    """On a narrow screen only wide tables scroll sideways, never the page."""
    context = browser.new_context(base_url=pages.address, viewport={"width": 390, "height": 844})
    for tab in watched(context):
        tab.goto(_address(dispatch, name))
        tab.screenshot(path=screenshots / f"{name}-narrow.png", full_page=True)
        tab.emulate_media(color_scheme="dark")
        tab.screenshot(path=screenshots / f"{name}-narrow-dark.png", full_page=True)
        tab.set_viewport_size({"width": 360, "height": 740})
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [1280, 390])
def test_differences_are_side_by_side_or_inline(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], width: int
) -> None:
    """Versions of a paragraph are next to each other on a wide screen, in one on a narrow one if they share enough."""
    context = browser.new_context(base_url=pages.address, viewport={"width": width, "height": 844})
    for tab in watched(context):
        tab.goto(_address(dispatch, "story"))
        row = tab.locator(".row.changed:not(.apart)").first
        shown = [side for side in ("left", "right", "inline") if row.locator(f".{side}").is_visible()]
        assert shown == (["left", "right"] if width > 1000 else ["inline"])
        if width > 1000:
            left, right = (row.locator(f".{side}").bounding_box() for side in shown)
            assert left
            assert right
            assert left["y"] == right["y"]
            assert left["x"] + left["width"] <= right["x"]
        else:
            assert min(row.locator(f".inline {mark}").count() for mark in ("del", "ins")) > 0
            apart = tab.locator(".row.apart").first
            assert not apart.locator(".inline").is_visible()
            above, below = (apart.locator(f".{side}").bounding_box() for side in ("left", "right"))
            assert above
            assert below
            assert above["y"] + above["height"] <= below["y"]


def test_the_timeline_is_legible_on_a_phone(browser: "Browser", pages: Running, dispatch: dict[str, Any]) -> None:
    """At 390 pixels the letters of the timeline have at least 11 pixels, and no two dots are in the same place."""
    context = browser.new_context(base_url=pages.address, viewport={"width": 390, "height": 844})
    for tab in watched(context):
        tab.goto(f"/stories/{dispatch['id']}")
        drawn = tab.locator("svg.timeline")
        heights = [box["height"] for text in drawn.locator("text").all() if (box := text.bounding_box())]
        assert heights
        assert min(heights) >= 11
        dots = [(box["x"], box["y"]) for dot in drawn.locator("circle").all() if (box := dot.bounding_box())]
        assert len(dots) == len(set(dots)) == 5


@pytest.mark.parametrize(("zone", "scripts"), [("Europe/Berlin", True), ("UTC", True), ("Asia/Kolkata", False)])
def test_times_are_in_the_zone_of_the_reader(
    browser: "Browser", pages: Running, dispatch: dict[str, Any], zone: str, scripts: bool
) -> None:
    """Times are local with UTC next to them; in UTC, and without scripts, they are UTC only."""
    context = browser.new_context(base_url=pages.address, timezone_id=zone, java_script_enabled=scripts)
    for tab in watched(context):
        tab.goto(f"/stories/{dispatch['id']}")
        shown = tab.locator("header .facts time").first
        at = datetime.fromisoformat(shown.get_attribute("datetime") or "")
        utc = f"{at:%Y-%m-%d %H:%M}"
        if zone != "Europe/Berlin":
            assert shown.inner_text() == utc
            assert "times are UTC" in tab.locator("footer").inner_text()
        else:
            local = at.astimezone(ZoneInfo(zone))
            aside = f"{at:%H:%M} UTC" if local.date() == at.date() else f"{utc} UTC"
            assert shown.inner_text() == f"{local:%Y-%m-%d %H:%M} ({aside})"
            assert "your zone" in tab.locator("footer").inner_text()


def test_everything_works_without_scripts(browser: "Browser", pages: Running) -> None:
    """Searching, reading and comparing work without JavaScript."""
    context = browser.new_context(base_url=pages.address, java_script_enabled=False)
    for tab in watched(context):
        tab.goto("/?q=dam")
        tab.get_by_role("link", name=DISPATCH).click()
        tab.get_by_role("link", name="next to it").click()
        assert tab.locator(".diff del, .diff ins").count() > 0


def test_the_keyboard_reaches_everything(page: "Page", dispatch: dict[str, Any]) -> None:
    """The first Tab offers to skip the navigation, and Enter chooses a copy on the timeline."""
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
