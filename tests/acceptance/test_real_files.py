"""The five real files and thousands of unlabelled articles, if they are next to the checkout."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.processes import Installation
from worker import embedded


@pytest.fixture(scope="module")
def real(shared_data: Path) -> Path:
    """Return the folder of the five real files."""
    folder = shared_data / "seeds"
    if len(list(folder.glob("00*"))) != 5:
        pytest.skip("the five real files are not next to this checkout")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, real: Path) -> Iterator[Installation]:
    """Yield an installation that has ingested the five files."""
    data = tmp_path_factory.mktemp("real")
    installation = Installation(data)
    with embedded.servers(data):
        summary = installation.json("ingest", real)
        assert (summary["files"], summary["articles"], summary["stories"]) == (5, 5, 1)
        yield installation


def articles(desk: Installation) -> list[dict[str, Any]]:
    """Return the exported articles."""
    return [json.loads(line) for line in desk.run("export", "articles", "--format", "jsonl").splitlines()]


def test_the_print_column_is_canonical_and_reads_as_paragraphs(desk: Installation) -> None:
    """The canonical article is the print column, without line-end hyphens or broken lines."""
    [canonical] = [row for row in articles(desk) if row["is_canonical"]]
    assert Path(canonical["source_path"]).name.startswith("004_")
    [story] = {row["story_id"] for row in articles(desk)}
    text = desk.run("clean", canonical["source_path"])
    assert desk.run("story", story)
    assert "- \n" not in text
    assert not any(line.endswith("-") for line in text.splitlines())
    assert all(len(line) > 60 for line in text.strip().split("\n\n")[1:-1])


def test_the_same_again_is_known_and_copies_are_exact(desk: Installation, real: Path, tmp_path: Path) -> None:
    """The second time nothing is new; under other names the files become five exact copies in the same story."""
    again = desk.json("ingest", real)
    assert (again["known"], again["articles"], again["stories"]) == (5, 0, 1)
    for number, path in enumerate(sorted(real.glob("00*"))):
        shutil.copy(path, tmp_path / f"other-{number}.txt")
    copies = desk.json("ingest", tmp_path)
    assert (copies["articles"], copies["stories"], copies["copies"]) == (5, 1, {"exact": 5})


def test_why_explains_the_rewrite(desk: Installation, real: Path) -> None:
    """`why` on the free rewrite shows which article it matched, in numbers and in words."""
    [rewrite] = real.glob("003_*")
    explained = desk.run("why", rewrite.name)
    assert "%" in explained
    assert "story" in explained
    assert "Traceback" not in explained


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "4"])
@pytest.mark.parametrize("first", ["five", "background"])
def test_the_five_among_thousands(real: Path, shared_data: Path, tmp_path: Path, workers: str, first: str) -> None:
    """Among 7,498 other articles the five are one story without any other, in any order, with 1 or 4 workers."""
    background = shared_data / "data/background/docs.jsonl"
    order = [real, background] if first == "five" else [background, real]
    desk = Installation(tmp_path / "desk", {"COPYDESK_CONCURRENCY": workers})
    with embedded.servers(desk.data):
        desk.json("ingest", *order)
        rows = articles(desk)
        five = {row["story_id"] for row in rows if str(real) in row["source_path"]}
        assert len(five) == 1
        assert {row["source_path"] for row in rows if row["story_id"] in five} == {
            str(path) for path in real.glob("00*")
        }
        assert desk.json("check", "--deep")["ok"]
