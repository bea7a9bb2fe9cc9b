"""No part is imported from the current folder, even where it has packages of the same names as ours."""

from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, running, until
from tests.dispatches import copy_of


def test_ingest_starts_its_own_parts(foreign_folder: Path, tmp_path: Path) -> None:
    """`ingest` in a folder with a foreign package ``worker`` processes the file and imports nothing from there."""
    (foreign_folder / "news.txt").write_text(copy_of(1, 0))
    Installation(tmp_path / "data").run("ingest", "news.txt")
    assert not (foreign_folder / "imported").exists()


def test_up_starts_its_own_parts(foreign_folder: Path, tmp_path: Path) -> None:
    """All parts of `up` start in a folder with a foreign package ``worker``, and import nothing from there."""
    installation = Installation(tmp_path / "data", {"COPYDESK_SETTLE_SECONDS": "0.3"})
    with running(installation, "up"):
        for part in ("watcher", "worker", "scheduler", "web"):
            until(partial(_alive, installation, part), f"{part} runs")
    assert not (foreign_folder / "imported").exists()


def _alive(installation: Installation, part: str) -> bool:
    return "alive" in installation.run("health", part, code=None)


@pytest.mark.parametrize("command", [("stories",), ("status",), ("check",), ("export", "articles")])
def test_a_folder_without_an_archive_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A command in the wrong folder exits with 1, names the folder and creates nothing."""
    installation = Installation(tmp_path / "data")
    said = installation.refused(*command)
    assert f"There is no archive in {installation.data}." in said
    assert not installation.data.exists()


def test_an_unknown_variable_is_reported_once(tmp_path: Path) -> None:
    """A misspelt setting is reported with the nearest name, once for the command and all of its parts."""
    installation = Installation(tmp_path / "data", {"COPYDESK_DATA_DIRS": "x"})
    said = installation.refused("stories")
    assert said.count("There is no setting COPYDESK_DATA_DIRS") == 1
    assert "Did you mean COPYDESK_DATA_DIR?" in said
