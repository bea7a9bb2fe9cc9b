"""The main job from the command line: files in, one canonical story a dispatch out, the same again nothing new."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
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
    """Yield an installation whose embedded servers stay up from test to test, into which the seeds were ingested."""
    data = tmp_path_factory.mktemp("desk")
    found = Installation(data)
    with embedded.servers(data):
        found.first = found.json("ingest", SEEDS)  # type: ignore[attr-defined]
        yield found


def rows(copydesk: Installation) -> list[dict[str, Any]]:
    """Return the exported articles."""
    return [json.loads(line) for line in copydesk.run("export", "articles", "--format", "jsonl").splitlines()]


def by_name(copydesk: Installation) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return the exported articles of the seeds by (file name, external id)."""
    return {(Path(row["source_path"]).name, row["external_id"]): row for row in rows(copydesk)}


def test_the_seeds_become_what_their_answer_sheet_says(copydesk: Installation) -> None:
    """Files, articles, stories and quarantined files are as many as expected.json counts."""
    told = copydesk.first  # type: ignore[attr-defined]
    assert {name: told[name] for name in EXPECTED["totals"]} == EXPECTED["totals"]


def test_every_seed_article_stands_in_its_story(copydesk: Installation) -> None:
    """Articles that expected.json puts into a story are in one, others apart, the canonical ones are right."""
    found = by_name(copydesk)
    stories: dict[str, set[int]] = {}
    for name, entry in FILES.items():
        for record in entry.get("records", [entry]):
            if "story" in record:
                row = found[name, record.get("external_id")]
                stories.setdefault(record["story"], set()).add(row["story_id"])
                assert row["is_canonical"] == record["canonical"], name
                assert row["relation"] in record["relations"], name
    assert all(len(ids) == 1 for ids in stories.values())
    assert len(set().union(*stories.values())) == len(stories)


def test_every_bad_file_gets_one_plain_sentence(copydesk: Installation) -> None:
    """`copydesk files` tells of each broken file in one sentence what is wrong with it."""
    told = {Path(row["path"]).name: row for row in copydesk.json("files", "--state", "quarantined")}
    bad = {name for name, entry in FILES.items() if "quarantined" in entry}
    assert bad <= set(told)
    for name in bad:
        reason = told[name]["reason"]
        assert reason.endswith("."), reason
        assert "\n" not in reason
        assert "Traceback" not in reason
        assert "Error" not in reason
    assert len({told[name]["reason"] for name in bad}) >= 4


def test_the_same_again_is_known(copydesk: Installation) -> None:
    """A second time nothing is new, nothing fails, and the stories are the same."""
    told = copydesk.json("ingest", SEEDS)
    assert told["known"] == told["files"]
    assert told["articles"] == told["quarantined"] == 0
    assert told["stories"] == EXPECTED["totals"]["stories"]


def test_copies_under_other_names_are_exact(copydesk: Installation, tmp_path: Path) -> None:
    """The five versions under other names are five exact copies in the same story."""
    for number in range(1, 6):
        [path] = SEEDS.glob(f"00{number}-*")
        shutil.copy(path, tmp_path / f"other-{number}.txt")
    told = copydesk.json("ingest", tmp_path)
    assert (told["articles"], told["stories"], told["copies"]) == (5, 1, {"exact": 5})


def test_nothing_contradicts_itself(copydesk: Installation) -> None:
    """After all that, the deep check finds nothing."""
    assert copydesk.json("check", "--deep") == {"ok": True, "problems": []}


def test_files_given_by_mistake_are_told_and_cost_nothing(copydesk: Installation, tmp_path: Path) -> None:
    """Links, pipes and too large files are told each in a sentence; the good file beside them is read."""
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "huge.txt").touch()
    os.truncate(tmp_path / "huge.txt", 3_000_000_000)
    (tmp_path / "good.txt").write_text("The ferry to the islands sails again from Monday, the harbour office said.\n")
    told = copydesk.json("ingest", tmp_path)
    assert (told["files"], told["articles"], told["quarantined"]) == (4, 1, 3)
    reasons = {Path(row["path"]).name: row["reason"] for row in copydesk.json("files", "--state", "quarantined")}
    assert "symbolic link" in reasons["link.txt"]
    assert "named pipe" in reasons["pipe.txt"]
    assert "3,000,000,000 bytes" in reasons["huge.txt"]


def test_an_interrupted_ingest_is_finished_by_the_next(tmp_path: Path) -> None:
    """Ctrl-C in the middle loses nothing and leaves no process; the same command again brings every file to its end."""
    from tests.dispatches import copy_of

    files = tmp_path / "files"
    files.mkdir()
    for number in range(300):
        (files / f"{number}.txt").write_text(copy_of(number // 3, number % 3))
    desk = Installation(tmp_path / "desk")
    with running(desk, "ingest", files) as first:
        until(lambda: any((desk.data / "archive").rglob("*.txt")), "files are taken")
        first.send_signal(signal.SIGINT)
        first.wait(60)
    until(lambda: not left_behind(desk), "all processes of the first run end")
    told = desk.json("ingest", files)
    assert told["files"] == 300
    articles = [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]
    assert len(articles) == 300
    assert len({row["source_path"] for row in articles}) == 300
    until(lambda: not left_behind(desk), "all processes of the second run end")
