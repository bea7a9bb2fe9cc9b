"""Which other archives a command names that runs in a folder without one."""

from pathlib import Path

import pytest

from worker.cli.archive_place import new_archive, no_archive
from worker.settings import load


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a command, with the default data folder and an empty home folder."""
    monkeypatch.delenv("COPYDESK_DATA_DIR", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    folder = tmp_path / "work" / "desk" / "lists"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def archive(folder: Path) -> Path:
    """Create a data folder with the mark of an archive in ``folder``."""
    (folder / "copydesk-data" / "servers" / "postgres").mkdir(parents=True)
    return folder / "copydesk-data"


@pytest.mark.parametrize("place", [".", "..", "../..", "../photos", "sport", "../../../home"])
def test_archives_near_the_folder_are_named(here: Path, place: str) -> None:
    """An archive above, below or next to the folder, or in the home folder, is named with what to do."""
    other = archive((here / place).resolve()) if place != "." else None
    said = no_archive(load())
    assert f"There is no archive in {here / 'copydesk-data'}." in said
    assert (f"There is one in {other}: to use it, set COPYDESK_DATA_DIR={other}." in said) == bool(other)


def test_a_folder_inside_an_archive_is_recognised(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the inbox of an archive, the archive around it is named."""
    data = archive(here)
    (data / "inbox").mkdir()
    monkeypatch.chdir(data / "inbox")
    assert f"There is one in {data}:" in new_archive(load())


def test_archives_further_away_are_not_named(here: Path) -> None:
    """The archive of another project, two folders away, is none of this command's business."""
    archive(here.parent.parent / "other" / "deep")
    assert "There is one" not in new_archive(load())


def test_a_folder_that_was_named_is_not_doubted(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With COPYDESK_DATA_DIR set, other archives are not mentioned."""
    archive(here.parent)
    monkeypatch.setenv("COPYDESK_DATA_DIR", str(here / "mine"))
    assert no_archive(load()).startswith(f"There is no archive in {here / 'mine'}. Run the command")


def test_an_unreadable_neighbour_is_passed_over(here: Path) -> None:
    """A link that leads to itself next to the folder costs no error."""
    (here / "loop").symlink_to("loop")
    archive(here / "sport")
    assert "There is one" in no_archive(load())
