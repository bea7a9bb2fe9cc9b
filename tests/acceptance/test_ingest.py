"""The main job from the command line: ingested files become one story per dispatch, and known files add nothing."""

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import ROOT, Installation, left_behind, running, until
from worker import embedded

SEEDS = ROOT / "seeds"
EXPECTED: dict[str, Any] = json.loads((SEEDS / "expected.json").read_text("utf-8"))
FILES: dict[str, dict[str, Any]] = EXPECTED["files"]


@pytest.fixture(scope="module")
def copydesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Yield an installation with running embedded servers that has ingested the seeds."""
    data = tmp_path_factory.mktemp("desk")
    installation = Installation(data)
    with embedded.servers(data):
        installation.first = installation.json("ingest", SEEDS)  # type: ignore[attr-defined]
        yield installation


def rows(copydesk: Installation) -> list[dict[str, Any]]:
    """Return the exported articles."""
    return [json.loads(line) for line in copydesk.run("export", "articles", "--format", "jsonl").splitlines()]


def by_name(copydesk: Installation) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the exported articles of the seeds by (file name, external id)."""
    return {(Path(row["source_path"]).name, row["external_id"]): row for row in rows(copydesk)}


def test_the_seeds_become_what_their_answer_sheet_says(copydesk: Installation) -> None:
    """The numbers of files, articles, stories and quarantined files are those in expected.json."""
    summary = copydesk.first  # type: ignore[attr-defined]
    assert {name: summary[name] for name in EXPECTED["totals"]} == EXPECTED["totals"]


def test_every_seed_article_is_in_its_story(copydesk: Installation) -> None:
    """Articles are in the same story exactly if expected.json says so, with the expected canonical articles."""
    by_key = by_name(copydesk)
    stories: dict[str, set[int]] = {}
    for name, entry in FILES.items():
        for record in entry.get("records", [entry]):
            if "story" in record:
                row = by_key[name, record.get("external_id")]
                stories.setdefault(record["story"], set()).add(row["story_id"])
                assert row["is_canonical"] == record["canonical"], name
                assert row["relation"] in record["relations"], name
    assert all(len(ids) == 1 for ids in stories.values())
    assert len(set().union(*stories.values())) == len(stories)


def test_every_bad_file_gets_one_plain_sentence(copydesk: Installation) -> None:
    """`copydesk files` says in one sentence what is wrong with each broken file."""
    quarantined = {Path(row["path"]).name: row for row in copydesk.json("files", "--state", "quarantined")}
    bad = {name for name, entry in FILES.items() if "quarantined" in entry}
    assert bad <= set(quarantined)
    for name in bad:
        reason = quarantined[name]["reason"]
        assert reason.endswith("."), reason
        assert "\n" not in reason
        assert "Traceback" not in reason
        assert "Error" not in reason
    assert len({quarantined[name]["reason"] for name in bad}) >= 4


def test_files_ingested_twice_are_known(copydesk: Installation) -> None:
    """The second time nothing is new, nothing fails, and the stories are the same."""
    summary = copydesk.json("ingest", SEEDS)
    assert summary["known"] == summary["files"]
    assert summary["articles"] == summary["quarantined"] == 0
    assert summary["quarantined_before"] == EXPECTED["totals"]["quarantined"]
    assert summary["stories"] == EXPECTED["totals"]["stories"]


def test_a_folder_without_files_is_said_to_have_none(copydesk: Installation, tmp_path: Path) -> None:
    """A command on an empty folder ends well, and says that it found no file."""
    assert "No file was found there." in copydesk.stderr("ingest", tmp_path)


def test_copies_under_other_names_are_exact(copydesk: Installation, tmp_path: Path) -> None:
    """The five versions under other names become five exact copies in the same story."""
    for number in range(1, 6):
        [path] = SEEDS.glob(f"00{number}-*")
        shutil.copy(path, tmp_path / f"other-{number}.txt")
    summary = copydesk.json("ingest", tmp_path)
    assert (summary["articles"], summary["stories"], summary["copies"]) == (5, 1, {"exact": 5})


def test_nothing_contradicts_itself(copydesk: Installation) -> None:
    """After all that, the deep check finds no problem."""
    assert copydesk.json("check", "--deep") == {"ok": True, "problems": []}


def test_unsuitable_files_are_quarantined_with_a_reason(copydesk: Installation, tmp_path: Path) -> None:
    """Links, pipes and too large files are reported with one sentence each; the good file next to them is read."""
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "huge.txt").touch()
    os.truncate(tmp_path / "huge.txt", 3_000_000_000)
    (tmp_path / "good.txt").write_text("The ferry to the islands sails again from Monday, the harbour office said.\n")
    summary = copydesk.json("ingest", tmp_path)
    assert (summary["files"], summary["articles"], summary["quarantined"]) == (4, 1, 3)
    reasons = {Path(row["path"]).name: row["reason"] for row in copydesk.json("files", "--state", "quarantined")}
    assert "symbolic link" in reasons["link.txt"]
    assert "named pipe" in reasons["pipe.txt"]
    assert "3,000,000,000 bytes" in reasons["huge.txt"]


def _is_told_to_end(pid: int) -> bool:
    """Return whether a stopped process will get SIGTERM when it continues; False if it is gone."""
    with suppress(OSError):
        [pending] = re.findall(r"^ShdPnd:\s+(\w+)$", Path(f"/proc/{pid}/status").read_text("ascii"), re.MULTILINE)
        return bool(int(pending, 16) >> (signal.SIGTERM - 1) & 1)
    return False


@pytest.mark.slow
def test_an_interrupted_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    """Ctrl-C in the middle loses nothing and leaves no process; the same command again finishes every file."""
    from tests.dispatches import copy_of
    from tests.harm.oracle import kill, main_workers

    files = tmp_path / "files"
    files.mkdir()
    for number in range(300):
        (files / f"{number}.txt").write_text(copy_of(number // 3, number % 3))
    desk = Installation(tmp_path / "desk")
    with running(desk, "ingest", files) as first:
        worker = until(lambda: main_workers(desk), "the worker starts")
        assert kill(worker, signal.SIGSTOP)  # so that the run can't end before it is interrupted
        until(lambda: any((desk.data / "archive").rglob("*.txt")), "files are taken")
        first.send_signal(signal.SIGINT)
        until(lambda: any(_is_told_to_end(pid) for pid in worker), "the run tells its worker to end")
        kill(worker, signal.SIGCONT)
        first.wait(180)  # on a busy machine the servers of the run need their time to stop
    said = (desk.data / "ingest.test.log").read_text("utf-8", "replace")
    assert "safe in the ledger; to go on, run the command again." in said
    until(lambda: not left_behind(desk), "all processes of the first run end")
    summary = desk.json("ingest", files)
    assert summary["files"] == 300
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert len(articles) == 300
    assert len({row["source_path"] for row in articles}) == 300
    until(lambda: not left_behind(desk), "all processes of the second run end")
