"""The service: files that are delivered before it starts and while it runs, and how it ends."""

import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import Installation, left_behind, running, start, until
from tests.dispatches import copy_of
from worker import embedded


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield a running service whose inbox had files before it started."""
    installation = Installation(
        tmp_path_factory.mktemp("up"), {"COPYDESK_SETTLE_SECONDS": "0.3", "COPYDESK_MAX_FILE_BYTES": "1000000"}
    )
    for edition in range(3):
        installation.drop(f"before/{edition}.txt", copy_of(1, edition))
    with embedded.servers(installation.data), running(installation, "up"):
        log = installation.data / "up.test.log"
        until(lambda: "Copydesk is up." in log.read_text("utf-8", "replace"), "the service is up")
        yield installation


def files(desk: Installation) -> dict[str, dict[str, Any]]:
    """Return the ledger by file name."""
    return {Path(row["path"]).name: row for row in desk.json("files")}


def outcome(desk: Installation, *names: str) -> dict[str, dict[str, Any]]:
    """Wait until the named files have an outcome; return the ledger."""

    def all_of_them() -> dict[str, dict[str, Any]] | None:
        ledger = files(desk)
        ended = all(name in ledger and ledger[name]["state"] in {"done", "quarantined"} for name in names)
        return ledger if ended else None

    ledger: dict[str, dict[str, Any]] = until(all_of_them, f"{names} have an outcome")
    return ledger


def test_files_from_before_the_start_are_processed(desk: Installation) -> None:
    """Files in the inbox before the start become one story and move from the inbox to the archive."""
    ledger = outcome(desk, "0.txt", "1.txt", "2.txt")
    assert {ledger[name]["state"] for name in ("0.txt", "1.txt", "2.txt")} == {"done"}
    until(lambda: not any(desk.inbox.rglob("*.txt")), "the inbox is empty")
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert len({row["story_id"] for row in articles}) == 1


def test_a_dropped_file_joins_its_story(desk: Installation) -> None:
    """A copy that arrives while the service runs joins the existing story."""
    desk.drop("later.txt", copy_of(1, 7))
    ledger = outcome(desk, "later.txt")
    assert ledger["later.txt"]["state"] == "done"
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert {row["story_id"] for row in articles if "txt" in row["source_path"]} == {1}


def test_bad_files_do_not_affect_good_files(desk: Installation) -> None:
    """Empty, NULs, undecodable, no words, too large, a link, a pipe: each gets a reason; the good file is read."""
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
    ledger = outcome(desk, *bad, "link.txt", "pipe.txt", "good.txt")
    assert ledger["good.txt"]["state"] == "done"
    for name in (*bad, "link.txt", "pipe.txt"):
        assert ledger[name]["state"] == "quarantined", name
        assert ledger[name]["reason"].endswith("."), ledger[name]
    assert (desk.inbox / "link.txt").is_symlink()


def test_temporary_names_are_left_alone_until_they_are_renamed(desk: Installation) -> None:
    """A download in progress is left alone; under its final name it is processed."""
    part = desk.inbox / "download.txt.part"
    part.write_text(copy_of(3, 0))
    desk.drop("after.txt", copy_of(4, 0))
    outcome(desk, "after.txt")
    assert part.exists()
    part.rename(desk.inbox / "download.txt")
    assert outcome(desk, "download.txt")["download.txt"]["state"] == "done"


def test_files_with_odd_names_are_processed(desk: Installation) -> None:
    """Names with line breaks, quotes, direction marks and invalid bytes are processed like any other."""
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
    """The same name with other content is a new file; the same name with the same content is known."""
    before = len(desk.json("files"))
    desk.drop("daily.txt", copy_of(40, 0))
    until(lambda: len(desk.json("files")) == before + 1, "the first is taken")
    desk.drop("daily.txt", copy_of(41, 0))
    until(lambda: len(desk.json("files")) == before + 2, "the second is taken")
    path = desk.drop("daily.txt", copy_of(41, 0))
    until(lambda: not path.exists(), "the third leaves the inbox")
    assert len(desk.json("files")) == before + 2


def test_status_reports_no_problems(desk: Installation) -> None:
    """Every part sends heartbeats and there are no problems."""
    status = desk.json("status")
    assert status["processes"]["watcher"] == status["processes"]["scheduler"] == 1
    assert status["problems"] == []
    assert status["files"].keys() <= {"done", "quarantined"}


def test_nothing_contradicts_itself_while_it_runs(desk: Installation) -> None:
    """The deep check finds no problem in a running service."""
    assert desk.json("check", "--deep") == {"ok": True, "problems": []}


@pytest.mark.slow
def test_ctrl_c_leaves_no_process(tmp_path: Path) -> None:
    """An interrupt ends the service, its workers and its servers; accepted files are there at the next start."""
    desk = Installation(tmp_path / "desk", {"COPYDESK_SETTLE_SECONDS": "0.1"})
    desk.drop("a.txt", copy_of(1, 0))
    with running(desk, "up") as service:
        until(lambda: any((desk.data / "archive").rglob("*.txt")), "the file is taken")
        service.send_signal(signal.SIGINT)
        assert service.wait(60) == 0
    until(lambda: not left_behind(desk), "all processes end", 20)
    assert set(desk.json("status", code=1)["processes"].values()) == {0}
    assert len(desk.json("files")) == 1


def test_a_second_service_is_refused(desk: Installation) -> None:
    """`up` in a folder where a service runs exits with 1 and names the process."""
    pid = (desk.data / "service.lock").read_text().strip()
    assert f"A service already runs in {desk.data} (process {pid})." in desk.refused("up")


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    """`up` on a port where another process listens exits with 1, names the process, and starts no server."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        desk = Installation(tmp_path / "desk", {"COPYDESK_WEB_PORT": port})
        message = desk.refused("up")
    assert f"port {port}: Address already in use, by process {os.getpid()} (" in message
    assert not (desk.data / "servers").exists()


def test_up_is_said_when_all_parts_answer(desk: Installation) -> None:
    """The service says that it is up after each of its parts has sent a heartbeat."""
    log = desk.data / "up.test.log"
    until(lambda: "Copydesk is up. Put files into" in log.read_text("utf-8", "replace"), "the service is up")
    for part in ("watcher", "worker", "scheduler", "web"):
        assert desk.run("health", part) == f"{part}: alive\n"
    until(
        lambda: "copydesk token add NAME --scope write" in log.read_text("utf-8", "replace"),
        "the service says how to correct",
    )
    assert str(desk.inbox) in log.read_text("utf-8", "replace")


@pytest.mark.slow
def test_a_service_without_its_folder_ends(tmp_path: Path) -> None:
    """When the data folder is deleted, the service and its servers end, and the exit code is 1."""
    desk = Installation(tmp_path / "desk")
    log = tmp_path / "log"
    service = start(desk, "up", log=log)
    try:
        until(lambda: "Copydesk is up." in log.read_text("utf-8", "replace"), "the service is up")
        shutil.rmtree(desk.data, ignore_errors=True)
        assert service.wait(60) == 1
        until(lambda: not left_behind(desk), "all processes end", 30)
    finally:
        service.kill()
        service.wait()
