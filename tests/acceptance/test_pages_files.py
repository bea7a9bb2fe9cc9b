"""The pages of the files in a real Chromium: upload, choose, retry, dismiss, download; without scripts too."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import TOKEN, Running, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def sign_in(page: "Page", path: str) -> None:
    """Sign in as an editor and come to a page."""
    page.goto(f"/sign-in?next={path}")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()


def test_a_file_is_uploaded_and_downloaded(browser: "Browser", pages: Running, tmp_path: Path) -> None:
    """Without scripts a chosen file leads to the page of its outcome, from which its bytes come back unchanged."""
    content = "Bakers in Lindow will open an hour later from May — “why?”\r\n".encode()
    (tmp_path / "bäcker.txt").write_bytes(content)
    context = browser.new_context(base_url=pages.address, java_script_enabled=False, accept_downloads=True)
    for tab in watched(context):
        sign_in(tab, "/files")
        tab.get_by_label("A file of any format").set_input_files(tmp_path / "bäcker.txt")
        tab.get_by_role("button", name="Upload", exact=True).click()
        assert tab.get_by_role("heading", name="uploaded/bäcker.txt").is_visible()
        assert tab.get_by_role("status").get_by_text("not processed yet").is_visible()
        with tab.expect_download() as download:
            tab.get_by_role("link", name="Download the original file").click()
        assert download.value.suggested_filename == "bäcker.txt"
        assert Path(download.value.path()).read_bytes() == content


def test_quarantined_files_are_chosen(browser: "Browser", pages: Running) -> None:
    """An editor dismisses one file by its checkbox, and retries all with one reason."""
    for tab in watched(browser.new_context(base_url=pages.address)):
        sign_in(tab, "/files?state=quarantined")
        boxes = tab.get_by_role("checkbox")
        count = boxes.count()
        boxes.first.check()
        tab.get_by_role("button", name="Dismiss the chosen files").click()
        assert tab.get_by_role("status").get_by_text("1 file was dismissed").is_visible()
        assert tab.get_by_role("checkbox").count() == count - 1
        tab.get_by_role("button", name="Retry all with reason 1").click()
        assert tab.get_by_role("status").get_by_text("files will be processed again").is_visible()
        assert tab.get_by_role("checkbox").count() < count - 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_an_editor_is_accessible(
    browser: "Browser", pages: Running, screenshots: Path, scheme: str, width: int
) -> None:
    """Axe finds no serious problem with the forms of an editor, and only the table scrolls sideways."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install '.[browser]'"
    )
    context = browser.new_context(
        base_url=pages.address,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    for tab in watched(context):
        sign_in(tab, "/files?state=quarantined")
        assert tab.get_by_role("checkbox").first.is_visible()
        tab.screenshot(path=screenshots / f"files-editor-{scheme}-{width}.png", full_page=True)
        serious = [v["id"] for v in axe.Axe().run(tab).response["violations"] if v["impact"] != "minor"]
        assert not serious
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
