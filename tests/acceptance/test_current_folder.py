"""No part is imported from the current folder, even where it has packages of the same names as ours."""

import json
import re
from pathlib import Path

import pytest

from tests.acceptance.processes import Installation, running, until
from tests.dispatches import copy_of
from worker import embedded


def test_ingest_starts_its_own_parts(foreign_folder: Path, tmp_path: Path) -> None:
    """`ingest` in a folder with a foreign package ``worker`` processes the file and imports nothing from there."""
    (foreign_folder / "news.txt").write_text(copy_of(1, 0))
    Installation(tmp_path / "data").run("ingest", "news.txt")
    assert not (foreign_folder / "imported").exists()


@pytest.mark.slow
def test_up_starts_its_own_parts(foreign_folder: Path, tmp_path: Path) -> None:
    """All parts of `up` start in a folder with a foreign package ``worker``, and import nothing from there."""
    installation = Installation(tmp_path / "data")
    log = installation.data / "up.test.log"
    with running(installation, "up"):
        until(lambda: "Copydesk is up." in log.read_text("utf-8", "replace"), "all parts answer")
    assert not (foreign_folder / "imported").exists()


@pytest.mark.parametrize("command", [("stories",), ("status",), ("check",), ("export", "articles")])
def test_a_folder_without_an_archive_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    """A command in the wrong folder exits with 1, names the folder and creates nothing."""
    installation = Installation(tmp_path / "data")
    said = installation.refused(*command)
    assert f"There is no archive in {installation.data}." in said
    assert not installation.data.exists()


@pytest.mark.parametrize("command", ["status", "check"])
def test_a_program_is_told_that_there_is_no_archive(tmp_path: Path, command: str) -> None:
    """With ``--json`` the sentence is in a JSON object on standard output, and the exit status is 1."""
    installation = Installation(tmp_path / "data")
    answer = json.loads(installation.run(command, "--json", code=1))
    said = answer["problem"] if command == "status" else answer["problems"][0]
    assert answer["ok"] is False
    assert f"There is no archive in {installation.data}." in said


def _in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Installation:
    """Return the installation of commands that run in this folder and have no setting for the data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(folder)
    return Installation(folder / "copydesk-data", {"COPYDESK_DATA_DIR": "", "HOME": str(home)})


@pytest.mark.slow
def test_an_archive_nearby_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below, in and next to a folder with an archive, commands name that archive; only `ingest` creates another."""
    project = _in_folder(tmp_path / "desk", monkeypatch, tmp_path)
    (tmp_path / "news.txt").write_text(copy_of(1, 0))
    created = f"A new archive is created in {project.data}."
    assert project.stderr("ingest", tmp_path / "news.txt").count(created) == 1
    assert project.stderr("ingest", tmp_path / "news.txt") == ""
    for wrong in (tmp_path / "desk" / "lists", tmp_path / "desk" / "copydesk-data" / "inbox", tmp_path / "other"):
        elsewhere = _in_folder(wrong, monkeypatch, tmp_path)
        said = elsewhere.refused("stories")
        assert f"There is no archive in {elsewhere.data}." in said
        assert f"set COPYDESK_DATA_DIR={project.data}." in said
        assert not elsewhere.data.exists()
    said = elsewhere.stderr("ingest", tmp_path / "news.txt")
    assert f"A new archive is created in {elsewhere.data}." in said
    assert f"There is one in {project.data}" in said


@pytest.mark.slow
def test_evaluating_creates_no_archive(tmp_path: Path) -> None:
    """`evaluate` uses the servers of the data folder; a command that reads still finds no archive there."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "docs.jsonl").write_text(
        "".join(json.dumps({"text": copy_of(1, n), "story": "a"}) + "\n" for n in (0, 1))
    )
    installation = Installation(tmp_path / "data")
    installation.run("evaluate", corpus)
    assert f"There is no archive in {installation.data}." in installation.refused("stories")


@pytest.mark.slow
def test_a_backup_is_restored_in_an_empty_folder(tmp_path: Path) -> None:
    """`restore` creates the archive that it fills, as on a new machine."""
    (tmp_path / "news.txt").write_text(copy_of(1, 0))
    old, new = Installation(tmp_path / "old"), Installation(tmp_path / "new")
    old.run("ingest", tmp_path / "news.txt")
    old.run("backup", tmp_path / "backup")
    new.run("restore", tmp_path / "backup")
    assert new.json("stories") == old.json("stories")


def test_a_database_without_tables_is_named(tmp_path: Path) -> None:
    """A command on a database without tables names the database, exits with 1, and says what to do."""
    with embedded.servers(tmp_path / "servers", needed=["postgres"]) as servers:
        installation = Installation(tmp_path / "data", {"DATABASE_URL": servers.database_url})
        said = installation.refused("stories")
    assert re.search(r"The database postgresql\S*/copydesk\?host=\S* holds no archive\. Set DATABASE_URL", said)
    assert "copydesk migrate" in said


def test_an_unknown_variable_is_reported_once(tmp_path: Path) -> None:
    """A misspelt setting is reported with the nearest name, once for the command and all of its parts."""
    installation = Installation(tmp_path / "data", {"COPYDESK_DATA_DIRS": "x"})
    said = installation.refused("stories")
    assert said.count("There is no setting COPYDESK_DATA_DIRS") == 1
    assert "Did you mean COPYDESK_DATA_DIR?" in said
