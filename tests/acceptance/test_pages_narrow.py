"""Lists and drawings on a phone in a real Chromium: what an editor needs is in reach, and covers nothing."""

from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import Running, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: A name that needs several lines.
LONG_NAME = "All that the desk has to check before the evening edition"
#: Pages with tables; what is folded is unfolded first.
TABLES = {
    "files": "/files",
    "quarantined": "/files?state=quarantined",
    "sources": "/sources",
    "story": "/stories/1",
    "dashboard": "/dashboard?period=hour",
    "api": "/api",
}


def test_the_bar_of_selected_stories_covers_no_story(browser: "Browser", pages: Running) -> None:
    """Before a story is selected the bar is below the list; then it is in sight, wherever the page is."""
    for tab in watched(browser.new_context(base_url=pages.address, viewport={"width": 390, "height": 844})):
        sign_in(tab, "/")
        bar, last = tab.locator(".selection"), tab.locator(".stories > li").last
        below, end = bar.bounding_box(), last.bounding_box()
        assert below
        assert end
        assert below["y"] >= end["y"] + end["height"]
        assert below["y"] > 844
        tab.get_by_role("checkbox").first.check()
        tab.evaluate("scrollTo(0, 0)")
        shown = bar.bounding_box()
        assert shown
        assert shown["y"] + shown["height"] <= 844


def test_a_saved_view_has_its_button_in_one_line(browser: "Browser", pages: Running, screenshots: Path) -> None:
    """The name of a view wraps, not the word of the button next to it; its removal is reported and can be undone."""
    for width in (390, 1280):
        for tab in watched(browser.new_context(base_url=pages.address, viewport={"width": width, "height": 844})):
            sign_in(tab, "/?source=norwire")
            name = f"{LONG_NAME}{width}"[-60:]
            tab.get_by_label("Save this view as").fill(name)
            tab.get_by_role("button", name="Save", exact=True).click()
            button = tab.get_by_role("button", name=f"remove the view {name}")
            box = button.bounding_box()
            assert box
            assert box["width"] > box["height"]
            assert box["height"] < 32
            button.click()
            tab.get_by_role("status").filter(has_text=f"The view {name} is removed.").wait_for()
            assert button.count() == 0
            tab.screenshot(path=screenshots / f"removed-view-{width}.png")
            tab.get_by_role("button", name="Undo").click()
            button.click()
            tab.get_by_role("status").filter(has_text=f"The view {name} is removed.").wait_for()
            assert button.count() == 0


@pytest.mark.parametrize("name", TABLES)
def test_a_table_shows_all_columns(browser: "Browser", pages: Running, name: str, screenshots: Path) -> None:
    """Nothing has to be scrolled sideways, every cell is in sight and keeps its role, and no name is broken."""
    for tab in watched(browser.new_context(base_url=pages.address)):
        sign_in(tab, TABLES[name])
        tab.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
        for width in (390, 1280):
            tab.set_viewport_size({"width": width, "height": 844})
            tab.emulate_media(color_scheme="light")
            tab.screenshot(path=screenshots / f"table-{name}-{width}-light.png", full_page=True)
            tab.emulate_media(color_scheme="dark")
            tab.screenshot(path=screenshots / f"table-{name}-{width}-dark.png", full_page=True)
            _check_tables(tab, width)


def _check_tables(tab: "Page", width: int) -> None:
    cells = tab.locator("main tbody td, main tbody th")
    assert cells.count()
    edges = cells.evaluate_all("cells => cells.map(cell => cell.getBoundingClientRect()).map(b => [b.left, b.right])")
    assert min(left for left, _ in edges) >= 0
    assert max(right for _, right in edges) <= width
    assert tab.evaluate("[...document.querySelectorAll('.scroll')].every(e => e.scrollWidth <= e.clientWidth)")
    broken = "names => names.filter(name => name.getClientRects().length > 1).length"
    assert not tab.locator("tbody th code").evaluate_all(broken)
    assert tab.get_by_role("cell").count() + tab.get_by_role("rowheader").count() == cells.count()


def test_labels_of_a_timeline_are_apart(browser: "Browser", pages: Running, screenshots: Path) -> None:
    """On a phone no label below a timeline touches another, in all stories."""
    for tab in watched(browser.new_context(base_url=pages.address, viewport={"width": 390, "height": 844})):
        for row in pages.copydesk("stories"):
            tab.goto(f"/stories/{row['id']}")
            tab.screenshot(path=screenshots / f"timeline-{row['id']}.png")
            boxes = [label.bounding_box() for label in tab.locator("svg.timeline text.tick").all()]
            for first, second in combinations([box for box in boxes if box], 2):
                below = second["y"] >= first["y"] + first["height"] or first["y"] >= second["y"] + second["height"]
                beside = second["x"] >= first["x"] + first["width"] or first["x"] >= second["x"] + second["width"]
                assert below or beside
