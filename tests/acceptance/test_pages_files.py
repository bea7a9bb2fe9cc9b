"""The pages of the files in a real Chromium: upload, choose, retry, dismiss, download; without scripts too."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import Running, check_access, sign_in, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_file_is_uploaded_and_downloaded(browser: "Browser", pages: Running, tmp_path: Path) -> None:
    """Without scripts a chosen file leads to the page of its outcome, from which its bytes come back unchanged."""
    content = "Bakers in Lindow will open an hour later from May — “why?”\r\n".encode()
    (tmp_path / "bäcker.txt").write_bytes(content)
    context = browser.new_context(base_url=pages.address, java_script_enabled=False, accept_downloads=True)
    for tab in watched(context):
        sign_in(tab, "/files")
        tab.get_by_label("A file of any format").set_input_files(tmp_path / "bäcker.txt")
        tab.get_by_role("button", name="Upload", exact=True).click()
        tab.get_by_role("heading", name="uploaded/bäcker.txt").wait_for()
        tab.get_by_role("status").get_by_text("not processed yet").wait_for()
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
        tab.get_by_role("status").get_by_text("1 file was dismissed").wait_for()
        assert tab.get_by_role("checkbox").count() == count - 1
        tab.get_by_role("button", name="Retry all with reason 1").click()
        tab.get_by_role("status").get_by_text("files will be processed again").wait_for()
        assert tab.get_by_role("checkbox").count() < count - 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_of_an_editor_is_accessible(
    browser: "Browser", pages: Running, screenshots: Path, scheme: str, width: int
) -> None:
    """Axe finds no serious problem with the forms of an editor, and only the table scrolls sideways."""
    picture = screenshots / f"files-editor-{scheme}-{width}.png"
    check_access(browser, pages, "/files?state=quarantined", picture, scheme, width)
