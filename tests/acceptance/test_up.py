"""The service: files dropped into the inbox while it runs, before it runs, and how it ends."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import Installation, left_behind, running, until
from tests.dispatches import copy_of
from worker import embedded


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a running service into whose inbox files were put before it started."""
    found = Installation(
        tmp_path_factory.mktemp("up"), {"COPYDESK_SETTLE_SECONDS": "0.3", "COPYDESK_MAX_FILE_BYTES": "1000000"}
    )
    for edition in range(3):
        found.drop(f"before/{edition}.txt", copy_of(1, edition))
    with embedded.servers(found.data), running(found, "up"):
        yield found


def files(desk: Installation) -> dict[str, dict[str, Any]]:
    """Return the ledger by file name."""
    return {Path(row["path"]).name: row for row in desk.json("files")}


def outcome(desk: Installation, *names: str) -> dict[str, dict[str, Any]]:
    """Wait until the named files have their outcome; return the ledger."""

    def all_of_them() -> dict[str, dict[str, Any]] | None:
        found = files(desk)
        ended = all(name in found and found[name]["state"] in {"done", "quarantined"} for name in names)
        return found if ended else None

    found: dict[str, dict[str, Any]] = until(all_of_them, f"{names} have their outcome")
    return found


def test_what_was_there_before_is_taken(desk: Installation) -> None:
    """Files that lay in the inbox before the start become one story, and leave the inbox for the archive."""
    found = outcome(desk, "0.txt", "1.txt", "2.txt")
    assert {found[name]["state"] for name in ("0.txt", "1.txt", "2.txt")} == {"done"}
    until(lambda: not any(desk.inbox.rglob("*.txt")), "the inbox is empty")
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert len({row["story_id"] for row in articles}) == 1


def test_a_dropped_file_joins_its_story(desk: Installation) -> None:
    """A copy that arrives while the service runs becomes a copy in the story that is there."""
    desk.drop("later.txt", copy_of(1, 7))
    found = outcome(desk, "later.txt")
    assert found["later.txt"]["state"] == "done"
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert {row["story_id"] for row in articles if "txt" in row["source_path"]} == {1}


def test_bad_files_cost_no_other(desk: Installation) -> None:
    """Empty, NULs, undecodable, without words, too large, a link, a pipe: each its sentence; the good one is read."""
    bad: dict[str, bytes] = {
        "empty.txt": b"",
        "nuls.txt": bytes(4000),
        "noise.txt": bytes(range(128, 256)) * 40 + b"\xff\xfe\xfd",
        "dots.txt": b"... --- ...\n" * 9,
        "large.txt": b"word " * 300_000,
    }
    for name, content in bad.items():
        desk.drop(name, content)
    (desk.inbox / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(desk.inbox / "pipe.txt")
    desk.drop("good.txt", copy_of(2, 0))
    found = outcome(desk, *bad, "link.txt", "pipe.txt", "good.txt")
    assert found["good.txt"]["state"] == "done"
    for name in (*bad, "link.txt", "pipe.txt"):
        assert found[name]["state"] == "quarantined", name
        assert found[name]["reason"].endswith("."), found[name]
    assert (desk.inbox / "link.txt").is_symlink()


def test_temporary_names_are_left_alone_until_they_are_renamed(desk: Installation) -> None:
    """A download in progress stays untouched; under its final name it is taken."""
    part = desk.inbox / "download.txt.part"
    part.write_text(copy_of(3, 0))
    desk.drop("after.txt", copy_of(4, 0))
    outcome(desk, "after.txt")
    assert part.exists()
    part.rename(desk.inbox / "download.txt")
    assert outcome(desk, "download.txt")["download.txt"]["state"] == "done"


def test_odd_names_are_taken(desk: Installation) -> None:
    """Names with line breaks, quotes, marks of direction and bytes of no encoding are names like any other."""
    names = [b"two\nlines.txt", b'it\'s "so".txt', "\u202etxt.exe.txt".encode(), b"x" * 251 + b".txt", b"\xff\xfe.txt"]
    paths = [os.fsencode(desk.inbox) + b"/" + name for name in names]
    for number, path in enumerate(paths):
        with open(path, "w") as file:
            file.write(copy_of(20 + number, 0))
    until(lambda: not any(map(os.path.exists, paths)), "they left the inbox")
    shown = {Path(path).name for path in files(desk)}
    assert "two\\x0alines.txt" in shown
    until(lambda: not desk.json("files", "--state", "waiting") + desk.json("files", "--state", "processing"), "all end")
    done = {Path(row["path"]).name for row in desk.json("files", "--state", "done")}
    assert {"\\u202etxt.exe.txt", "\\xff\\xfe.txt", "x" * 251 + ".txt"} <= done


def test_a_name_that_is_used_again_is_a_new_delivery(desk: Installation) -> None:
    """The same name with other content is taken again; the same name with the same content is known."""
    before = len(desk.json("files"))
    desk.drop("daily.txt", copy_of(40, 0))
    until(lambda: len(desk.json("files")) == before + 1, "the first is taken")
    desk.drop("daily.txt", copy_of(41, 0))
    until(lambda: len(desk.json("files")) == before + 2, "the second is taken")
    path = desk.drop("daily.txt", copy_of(41, 0))
    until(lambda: not path.exists(), "the third leaves the inbox")
    assert len(desk.json("files")) == before + 2


def test_status_says_that_all_is_well(desk: Installation) -> None:
    """Every part gives signs of life and nothing is wrong."""
    found = desk.json("status")
    assert found["processes"]["watcher"] == found["processes"]["scheduler"] == 1
    assert found["problems"] == []
    assert found["files"].keys() <= {"done", "quarantined"}


def test_nothing_contradicts_itself_while_it_runs(desk: Installation) -> None:
    """The deep check finds nothing in a running service."""
    assert desk.json("check", "--deep") == {"ok": True, "problems": []}


def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    """An interrupt ends the service, its workers and its servers; what was taken in is there at the next start."""
    desk = Installation(tmp_path / "desk", {"COPYDESK_SETTLE_SECONDS": "0.1"})
    desk.drop("a.txt", copy_of(1, 0))
    with running(desk, "up") as service:
        until(lambda: any((desk.data / "archive").rglob("*.txt")), "the file is taken")
        service.send_signal(signal.SIGINT)
        assert service.wait(60) == 0
    until(lambda: not left_behind(desk), "all processes end", 20)
    assert len(desk.json("files")) == 1
